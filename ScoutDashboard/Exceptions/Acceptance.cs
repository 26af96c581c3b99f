namespace ScoutDashboard.Exceptions;

/// <summary>When a vulnerability counts as accepted: one rule for an image's counts, its findings and the lists over all images.</summary>
internal static class Acceptance
{
    /// <summary>The vulnerabilities of which exceptions cover every finding, also those that are undecided: what may be open in one package is not accepted.</summary>
    /// <param name="findings">All of the image, or of the images, that is asked about.</param>
    public static IReadOnlyCollection<string> Of(IEnumerable<(string VulnerabilityId, bool IsCovered)> findings) =>
        [.. findings.GroupBy(f => f.VulnerabilityId, StringComparer.Ordinal).Where(same => same.All(f => f.IsCovered)).Select(same => same.Key)];
}
