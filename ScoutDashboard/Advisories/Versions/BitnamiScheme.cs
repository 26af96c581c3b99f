namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// Bitnami's order: SemVer, but a lone number of up to three digits behind the dash is the revision of its packaging and comes after the version instead of before it (github.com/bitnami/go-version).
/// A missing revision is 0, as its advisories write <c>introduced 1.24.0-0, fixed 1.24.0</c> for what no 1.24.0 has.
/// </summary>
internal sealed class BitnamiScheme : IVersionScheme
{
    public string Name => "bitnami";

    /// <summary>The version of the software that was packaged: <c>16.3.0</c> of <c>16.3.0-5</c>.</summary>
    public static string Upstream(string version) => RevisionDash(version) is var dash and > 0 ? version[..dash] : version;

    public int? Compare(string left, string right)
    {
        var order = VersionSchemes.SemVer.Compare(Upstream(left), Upstream(right));
        return order == 0 ? DigitRun.Compare(Revision(left), Revision(right)) : order;
    }

    private static ReadOnlySpan<char> Revision(string version) => RevisionDash(version) is var dash and > 0 ? version.AsSpan(dash + 1) : default;

    private static int RevisionDash(string version)
    {
        var dash = version.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && version.Length - dash <= 4 && DigitRun.IsNumber(version.AsSpan(dash + 1)) ? dash : -1;
    }
}
