using System.Globalization;
using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>What holds for every fixed version that is told: it is above the version, no advisory that counts is about it, and none that is called fixed below it is so.</summary>
public sealed class FixedVersionTests
{
    private const int Highest = 12;
    private const int MostVersions = 15;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OfRandomAdvisoriesTheLowestVersionThatLeavesAllIsTold(int seed)
    {
        var random = new Random(seed);
        var states = new List<FixState>();
        for (var round = 0; round < 1_500; round++)
        {
            var package = RandomPackage(random);
            states.AddRange(Enumerable.Range(0, Highest + 2).SelectMany(version => Check(package, $"{version}.0.0")));
        }

        // All of it came up, often.
        Assert.All(Enum.GetValues<FixState>(), state => Assert.True(states.Count(told => told == state) > 500, $"{state} was told {states.Count(told => told == state)} times."));
    }

    [SharedTheory]
    [InlineData("npm", 500)]
    [InlineData("PyPI", 1_000)]
    [InlineData("NuGet", 100)]
    [InlineData("Maven", 500)]
    [InlineData("Go", 1_000)]
    [InlineData("RubyGems", 1_000)]
    [InlineData("Packagist", 1_000)]
    [InlineData("Bitnami", 1_000)]
    [InlineData("Ubuntu", 10)]
    [InlineData("Alpine", 2_000)]
    [InlineData("Debian", 100)]
    [InlineData("AlmaLinux", 100)]
    [InlineData("Rocky Linux", 10)]
    [InlineData("Red Hat", 1)]
    [InlineData("crates.io", 100)]
    public void OfRealAdvisoriesTheLowestVersionThatLeavesAllIsTold(string ecosystemBase, int least)
    {
        var told = OraclePackage.All(ecosystemBase).Sum(package => package.Sayings.SelectMany(saying => saying.Entries)
            .SelectMany(entry => entry.Ranges.Where(range => range.Type != "GIT").SelectMany(range => range.Events)).Select(boundary => boundary.Version)
            .Where(bound => bound is not ("0" or "*")).Distinct().Take(MostVersions).Sum(bound => Check(package, BoundNeighbours.Of(ecosystemBase, bound)[0]).Count));

        Assert.True(told >= least, $"{told} were told.");
    }

    private static List<FixState> Check(OraclePackage package, string version)
    {
        var bounds = package.Sayings.SelectMany(saying => saying.Entries).SelectMany(entry => entry.Ranges.SelectMany(range => range.Events).Select(boundary => boundary.Version).Concat(entry.Versions));
        var order = new OracleOrder(package.Base, bounds.Append(version));
        var oracle = new OsvOracle(package, order);
        var target = new MatchTarget(package.Ecosystem, package.Name, version);
        var found = AdvisoryMatcher.Match(target, [.. package.Sayings.Select(saying => saying.Stored).OfType<OsvRecord>()]).Where(one => one.Verdict == Verdict.Affected).ToList();
        foreach (var vulnerability in found)
        {
            var holding = package.Sayings.Where(saying => vulnerability.AdvisoryIds.Contains(saying.Record.Id) && oracle.Judge(saying, version) == OracleAnswer.Affected).ToList();
            // A notice on many vulnerabilities says of each when the last was fixed.
            var alone = holding.FindAll(saying => !IsNotice(saying.Record.Id));
            var expected = Expected(alone.Count > 0 ? alone : holding, oracle, order, version);
            Assert.True(
                expected.State == vulnerability.FixState && (expected.Version == vulnerability.FixedVersion || order.Compare("", expected.Version ?? "", vulnerability.FixedVersion ?? "") == 0),
                $"{target}: {string.Join(' ', vulnerability.AdvisoryIds)}: {vulnerability.FixState} {vulnerability.FixedVersion}, and should be {expected.State} {expected.Version}\n{string.Join('\n', holding.SelectMany(saying => saying.Entries.SelectMany(entry => entry.Ranges).Select(range => string.Join(", ", range.Events))))}");
        }

        return found.ConvertAll(vulnerability => vulnerability.FixState);
    }

    private static (string? Version, FixState State) Expected(List<OracleSaying> counting, OsvOracle oracle, OracleOrder order, string version)
    {
        var fixes = counting.SelectMany(saying => saying.Entries).SelectMany(entry => entry.Ranges).Where(range => range.Type != "GIT").SelectMany(range => range.Events)
            .Where(boundary => boundary.Kind == OracleEvent.Fixed && order.Compare("", boundary.Version, version) > 0).Select(boundary => boundary.Version).Distinct().ToList();
        fixes.Sort((left, right) => order.Compare("", left, right)!.Value);
        return fixes.Find(fix => counting.TrueForAll(saying => oracle.Judge(saying, fix) == OracleAnswer.NotAffected)) is { } lowest ? (lowest, FixState.Fixed)
            : (null, counting.Exists(saying => oracle.HoldsForEver(saying, fixes.Count > 0 ? fixes[^1] : version)) ? FixState.NoFix : FixState.Unknown);
    }

    private static bool IsNotice(string id) => id.StartsWith("USN-", StringComparison.Ordinal);

    // Up to four records on one vulnerability, or on two.
    private static OraclePackage RandomPackage(Random random)
    {
        var sayings = Enumerable.Range(1, random.Next(1, 5)).Select(number =>
        {
            var affected = string.Join(", ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => $$"""{"package": {"ecosystem": "npm", "name": "left"}, "ranges": [{{string.Join(", ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Range(random)))}}]}"""));
            var json = Encoding.UTF8.GetBytes($$"""{"id": "GHSA-{{number}}", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-000{{random.Next(1, 3)}}"], "affected": [{{affected}}]}""");
            var record = OracleRecord.Parse(json);
            return new OracleSaying(record, record.Entries, OsvReader.TryParse(json, out var stored) ? stored : null);
        });
        return new OraclePackage("npm", "npm", "left", [.. sayings]);
    }

    private static string Range(Random random)
    {
        var events = new List<string>();
        var at = random.Next(0, 4);
        events.Add($$"""{"introduced": "{{(at == 0 ? "0" : Version(at))}}"}""");
        while ((at += random.Next(1, 5)) <= Highest && random.Next(5) > 0)
        {
            events.Add($$"""{"{{(random.Next(3) == 0 ? "last_affected" : "fixed")}}": "{{Version(at)}}"}""");
            if ((at += random.Next(1, 5)) > Highest || random.Next(2) > 0)
            {
                break;
            }

            events.Add($$"""{"introduced": "{{Version(at)}}"}""");
        }

        if (random.Next(8) == 0)
        {
            events.Add($$"""{"limit": "{{Version(random.Next(1, Highest))}}"}""");
        }

        return $$"""{"type": "SEMVER", "events": [{{string.Join(", ", events.OrderBy(_ => random.Next()))}}]}""";
    }

    private static string Version(int number) => $"{number.ToString(CultureInfo.InvariantCulture)}.0.0";
}
