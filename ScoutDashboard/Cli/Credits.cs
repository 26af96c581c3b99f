using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary>Whose data an answer holds, under which licence: told where the data is.</summary>
internal static class Credits
{
    /// <summary>Of some vulnerabilities; by name.</summary>
    public static IEnumerable<AdvisoryDatabase> Of(IEnumerable<Vulnerability> found) => found.SelectMany(one => one.AdvisoryIds).Select(AdvisoryDatabase.Of).OfType<AdvisoryDatabase>()
        .Distinct().OrderBy(database => database.Name, StringComparer.Ordinal);

    /// <summary>Of all that was found in an image, and of what is told of its exploitation.</summary>
    public static IEnumerable<AdvisoryDatabase> Of(StandaloneFindings findings)
    {
        var found = findings.ByPurl.Values.SelectMany(list => list).ToList();
        IEnumerable<AdvisoryDatabase?> exploitation = [findings.KnownExploits is null ? null : AdvisoryDatabase.KnownExploited, findings.Forecasts is null ? null : AdvisoryDatabase.Epss];
        return found.Count == 0 ? [] : Of(found).Concat(exploitation.OfType<AdvisoryDatabase>());
    }

    /// <summary>As an answer in JSON has them.</summary>
    public static IEnumerable<object> Described(IEnumerable<AdvisoryDatabase> databases) => databases.Select(database => new { database.Name, database.Licence, database.Url });
}
