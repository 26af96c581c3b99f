using System.IO.Compression;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>
/// Matches packages at, just below and just above the versions that their own advisories name, over all advisories that there are, and compares with the OSV
/// schema's pseudo-code written down as it stands there ("Evaluation"): sort all events, walk them, count limits.
/// </summary>
public sealed class MatchingOracleTests
{
    // Of one package, spread over all that its advisories name: enough for every kind of range, few enough to take seconds.
    private const int MaxBounds = 6;

    // Each is next to a version in most cases; where it is not, both sides judge the same text still.
    private static readonly Dictionary<string, string[]> Neighbours = new()
    {
        ["Debian"] = ["~", "+0"], ["Ubuntu"] = ["~", "+0"], ["AlmaLinux"] = ["~", "^0"], ["Rocky Linux"] = ["~", "^0"], ["Red Hat"] = ["~", "^0"], ["Alpine"] = ["_alpha", "_p0"],
        ["npm"] = ["-0", ".0"], ["crates.io"] = ["-0", ".0"], ["Go"] = ["-0", ".0"], ["NuGet"] = ["-0", "-zz"], ["Bitnami"] = ["-0", "-1", "-rc"],
        ["PyPI"] = [".dev0", ".post0"], ["Maven"] = ["-alpha", "-sp"], ["RubyGems"] = [".pre", ".0.1"], ["Packagist"] = ["-dev", "-p1"],
    };

    [SharedTheory]
    [InlineData("Debian", 1_000)]
    [InlineData("Ubuntu", 10)]
    [InlineData("AlmaLinux", 1_000)]
    [InlineData("Rocky Linux", 5)]
    [InlineData("Red Hat", 2)]
    [InlineData("Alpine", 1_000)]
    [InlineData("npm", 500)]
    [InlineData("crates.io", 500)]
    [InlineData("Go", 1_000)]
    [InlineData("NuGet", 50)]
    [InlineData("Bitnami", 1_000)]
    [InlineData("PyPI", 1_000)]
    [InlineData("Maven", 300)]
    [InlineData("RubyGems", 500)]
    [InlineData("Packagist", 500)]
    public void EveryVersionAroundABoundIsJudgedAsTheSchemaSays(string ecosystemBase, int least)
    {
        var wrong = new List<string>();
        var judged = 0;
        foreach (var (ecosystem, name, records) in Packages(ecosystemBase))
        {
            foreach (var version in Versions(ecosystemBase, records, ecosystem, name))
            {
                var target = new MatchTarget(ecosystem, name, version);
                var expected = records.ToDictionary(record => record.Id, record => IsAffected(record, target));
                var found = AdvisoryMatcher.Match(target, records).SelectMany(vulnerability => vulnerability.AdvisoryIds).ToHashSet();
                judged++;
                // Null: a version that has no order, of which the schema says nothing.
                wrong.AddRange(expected.Where(pair => pair.Value is not null && pair.Value != found.Contains(pair.Key)).Select(pair => $"{target}: {pair.Key} should be {pair.Value}"));
            }
        }

        Assert.True(judged >= least, $"{judged} versions ran.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {judged} versions:\n{string.Join('\n', wrong.Take(20))}");
    }

    private static bool? IsAffected(OsvRecord record, MatchTarget target)
    {
        if (record.Withdrawn is not null)
        {
            return false;
        }

        bool? result = false;
        foreach (var entry in record.Affected)
        {
            if ((entry.Ecosystem != target.Ecosystem && entry.Ecosystem != target.EcosystemBase) || AdvisoryNames.Normalise(target.EcosystemBase, entry.Name) != target.Name)
            {
                continue;
            }

            if (entry.Versions.Any(listed => listed == target.Version || IsSameSpelling(target, listed)))
            {
                return true;
            }

            foreach (var range in entry.Ranges)
            {
                switch (range.Type == "GIT" ? false : IsIn(range, target))
                {
                    case true: return true;
                    case null: result = null; break;
                }
            }
        }

        return result;
    }

    private static bool IsSameSpelling(MatchTarget target, string listed) => target.EcosystemBase switch
    {
        "PyPI" => VersionSchemes.Find("PyPI")!.Compare(listed, target.Version) == 0,
        "Bitnami" => listed == WithoutRevision(target.Version),
        _ => false,
    };

    private static bool? IsIn(OsvRange range, MatchTarget target)
    {
        var version = target.Version;
        var scheme = VersionSchemes.Find(target.EcosystemBase, range.Type)!;
        if (target.EcosystemBase == "Packagist" && version.StartsWith("dev-", StringComparison.Ordinal))
        {
            return null;
        }

        // Bitnami names a revision of its packaging in few ranges; in the others a version stands for all of its revisions.
        if (target.EcosystemBase == "Bitnami" && range.Events.All(e => WithoutRevision(e.Version) == e.Version))
        {
            version = WithoutRevision(version);
        }

        var named = range.Events.Where(e => e.Version != "*" && !(e.Kind == OsvEventKind.Introduced && e.Version == "0")).ToList();
        if (named.Exists(e => scheme.Compare(version, e.Version) is null))
        {
            return null;
        }

        // A package of a module and one of none are no versions of each other; only a release tells which it is.
        if (target.EcosystemBase is "AlmaLinux" or "Rocky Linux" or "Red Hat" && version.Contains('-') && named.Count > 0 && named.Exists(e => e.Version.Contains(".module")) != version.Contains(".module"))
        {
            return false;
        }

        var limits = range.Events.Where(e => e.Kind == OsvEventKind.Limit).ToList();
        if (limits.Count > 0 && !limits.Exists(e => e.Version == "*" || scheme.Compare(version, e.Version) < 0))
        {
            return false;
        }

        var events = range.Events.Where(e => e.Kind != OsvEventKind.Limit).ToList();
        events.Sort((a, b) => (IsStart(a), IsStart(b)) switch
        {
            (true, true) => 0,
            (true, false) => -1,
            (false, true) => 1,
            _ => scheme.Compare(a.Version, b.Version) is var order and not 0 ? order!.Value : a.Kind.CompareTo(b.Kind),
        });
        var vulnerable = false;
        foreach (var boundary in events)
        {
            var order = IsStart(boundary) ? 1 : scheme.Compare(version, boundary.Version)!.Value;
            vulnerable = boundary.Kind switch
            {
                OsvEventKind.Introduced when order >= 0 => true,
                OsvEventKind.Fixed when order >= 0 => false,
                OsvEventKind.LastAffected when order > 0 => false,
                _ => vulnerable,
            };
        }

        return vulnerable;
    }

    private static bool IsStart(OsvEvent boundary) => boundary is { Kind: OsvEventKind.Introduced, Version: "0" };

    private static string WithoutRevision(string version)
    {
        var dash = version.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && version.Length - dash is > 1 and <= 4 && version[(dash + 1)..].All(char.IsAsciiDigit) ? version[..dash] : version;
    }

    private static IEnumerable<string> Versions(string ecosystemBase, List<OsvRecord> records, string ecosystem, string name)
    {
        var bounds = records.SelectMany(record => record.Affected)
            .Where(entry => (entry.Ecosystem == ecosystem || entry.Ecosystem == ecosystemBase) && AdvisoryNames.Normalise(ecosystemBase, entry.Name) == name)
            .SelectMany(entry => entry.Ranges.SelectMany(range => range.Events).Select(boundary => boundary.Version).Concat(entry.Versions.Take(2)))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var step = Math.Max(1, bounds.Count / MaxBounds);
        return bounds.Where((_, index) => index % step == 0).SelectMany(bound => Neighbours[ecosystemBase].Select(next => bound + next).Prepend(bound)).Distinct();
    }

    private static IEnumerable<(string Ecosystem, string Name, List<OsvRecord> Records)> Packages(string ecosystemBase)
    {
        using var zip = ZipFile.OpenRead(SharedData.PathOf("advisories", ecosystemBase, "all.zip"));
        var records = new List<OsvRecord>();
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            if (OsvReader.TryParse(content.ToArray(), out var record))
            {
                records.Add(record);
            }
        }

        return records.SelectMany(record => record.Affected.Where(entry => new Ecosystem(entry.Ecosystem).Base == ecosystemBase)
                .Select(entry => (entry.Ecosystem, Name: AdvisoryNames.Normalise(ecosystemBase, entry.Name))).Distinct().Select(package => (package, record)))
            .GroupBy(pair => pair.package, pair => pair.record).Select(group => (group.Key.Ecosystem, group.Key.Name, group.ToList()));
    }
}
