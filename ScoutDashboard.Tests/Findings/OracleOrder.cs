using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Findings;

/// <summary>The place of each of some versions among all of them, sorted once for each type of range: then two are compared as numbers are.</summary>
internal sealed class OracleOrder
{
    private readonly Dictionary<string, int> _bySemVer;
    private readonly Dictionary<string, int> _byEcosystem;

    public OracleOrder(string ecosystemBase, IEnumerable<string> versions)
    {
        var all = versions.SelectMany(version => new[] { version, WithoutRevision(version) }).Distinct(StringComparer.Ordinal).ToList();
        var (semVer, ecosystem) = (VersionSchemes.Find(ecosystemBase, "SEMVER")!, VersionSchemes.Find(ecosystemBase, "ECOSYSTEM")!);
        _byEcosystem = Places(ecosystem, all);
        _bySemVer = semVer == ecosystem ? _byEcosystem : Places(semVer, all);
    }

    /// <summary>Null where either is no version.</summary>
    public int? Compare(string rangeType, string left, string right)
    {
        var places = rangeType == "SEMVER" ? _bySemVer : _byEcosystem;
        return places.TryGetValue(left, out var a) && places.TryGetValue(right, out var b) ? a.CompareTo(b) : null;
    }

    /// <summary>Of a build of Bitnami's the version that was built.</summary>
    public static string WithoutRevision(string version)
    {
        var dash = version.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && version.Length - dash is > 1 and <= 4 && version.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? version[..dash] : version;
    }

    private static Dictionary<string, int> Places(IVersionScheme scheme, List<string> versions)
    {
        var sorted = versions.FindAll(version => scheme.Compare(version, version) is not null);
        sorted.Sort((left, right) => scheme.Compare(left, right)!.Value);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < sorted.Count; at++)
        {
            places[sorted[at]] = at > 0 && scheme.Compare(sorted[at - 1], sorted[at]) == 0 ? places[sorted[at - 1]] : at;
        }

        return places;
    }
}
