using System.Collections.Concurrent;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>
/// Matches packages at, just below and just above every version that their own advisories name, over all advisories that there are, and compares with
/// <see cref="OsvOracle"/>, which shares the orders of versions with the product and nothing else.
/// </summary>
public sealed class MatchingOracleTests
{
    // Of a package with thousands of records all at once are asked at some bounds only; each record alone is asked at all of its own.
    private const int MostPairs = 1_000;
    private const int Strangers = 10;

    [SharedTheory]
    [InlineData("Debian", 5_000)]
    [InlineData("Ubuntu", 100)]
    [InlineData("AlmaLinux", 20_000)]
    [InlineData("Rocky Linux", 20)]
    [InlineData("Red Hat", 200)]
    [InlineData("Alpine", 10_000)]
    [InlineData("npm", 4_000)]
    [InlineData("crates.io", 4_000)]
    [InlineData("Go", 10_000)]
    [InlineData("NuGet", 300)]
    [InlineData("Bitnami", 20_000)]
    [InlineData("PyPI", 10_000)]
    [InlineData("Maven", 3_000)]
    [InlineData("RubyGems", 5_000)]
    [InlineData("Packagist", 10_000)]
    public void EveryVersionAroundABoundIsJudgedAsTheSchemaSays(string ecosystemBase, int least)
    {
        var packages = OraclePackage.All(ecosystemBase);
        var differences = new ConcurrentBag<string>();
        var (judged, bounds, between) = (0, 0, 0);
        Parallel.For(0, packages.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, at =>
        {
            var package = packages[at];
            var asked = Bounds(package).Select(bound => (Naming: bound, Versions: BoundNeighbours.Of(ecosystemBase, bound.Key).Prepend(bound.Key).ToList())).ToList();
            var order = new OracleOrder(ecosystemBase, asked.SelectMany(bound => bound.Versions).Concat(package.Sayings.SelectMany(saying => saying.Entries).SelectMany(entry => entry.Versions)));
            var comparison = new Comparison(package, new OsvOracle(package, order), packages[(at + 1) % packages.Count]);
            var step = 1 + (asked.Count * package.Sayings.Count / MostPairs);
            foreach (var (index, (naming, versions)) in asked.Index())
            {
                if (index % step == 0)
                {
                    comparison.All(naming.Key);
                }

                versions.ForEach(version => comparison.Each(naming, version));
                Interlocked.Add(ref judged, versions.Count);
                Interlocked.Increment(ref bounds);
                Interlocked.Add(ref between, IsBetween(order, naming.Key, versions) ? 1 : 0);
            }

            comparison.Differences.ForEach(differences.Add);
        });

        Assert.True(judged >= least, $"{judged} versions ran.");
        Assert.True(between >= bounds * 0.8, $"Only {between} of {bounds} bounds were asked from both sides.");
        Assert.True(differences.IsEmpty, $"{differences.Count} differences in {judged} versions:\n{string.Join('\n', differences.Take(20))}");
    }

    private static IEnumerable<IGrouping<string, OracleSaying>> Bounds(OraclePackage package) => package.Sayings
        .SelectMany(saying => saying.Entries.SelectMany(entry => entry.Ranges.Where(range => range.Type != "GIT").SelectMany(range => range.Events).Select(boundary => boundary.Version).Concat(entry.Versions.Take(1)).Concat(entry.Versions.TakeLast(1)))
            .Where(bound => bound != "*").Distinct().Select(bound => (bound, saying)))
        .GroupBy(pair => pair.bound, pair => pair.saying, StringComparer.Ordinal);

    // Below a version's lowest pre-release there is nothing next to it.
    private static bool IsBetween(OracleOrder order, string bound, List<string> versions) =>
        (versions.Exists(version => order.Compare("", version, bound) < 0) || bound.EndsWith("-0", StringComparison.Ordinal)) && versions.Exists(version => order.Compare("", version, bound) > 0);

    private sealed class Comparison
    {
        private readonly OraclePackage _package;
        private readonly OsvOracle _oracle;
        private readonly List<OsvRecord> _records;

        public Comparison(OraclePackage package, OsvOracle oracle, OraclePackage other)
        {
            (_package, _oracle) = (package, oracle);
            var strangers = other.Sayings.Where(saying => package.Sayings.All(own => own.Record.Id != saying.Record.Id)).Take(Strangers);
            _records = [.. package.Sayings.Concat(strangers).Select(saying => saying.Stored).OfType<OsvRecord>()];
        }

        public List<string> Differences { get; } = [];

        /// <summary>All records at once, with some that are about another package: which are found.</summary>
        public void All(string version)
        {
            var target = new MatchTarget(_package.Ecosystem, _package.Name, version);
            var found = AdvisoryMatcher.Match(target, _records).SelectMany(vulnerability => vulnerability.AdvisoryIds).ToHashSet(StringComparer.Ordinal);
            foreach (var saying in _package.Sayings)
            {
                var isExpected = _oracle.Judge(saying, version) != OracleAnswer.NotAffected;
                if (isExpected != found.Remove(saying.Record.Id))
                {
                    Differences.Add($"{target}: {saying.Record.Id} should {(isExpected ? "" : "not ")}be found");
                }
            }

            Differences.AddRange(found.Select(stranger => $"{target}: {stranger} is about another package"));
        }

        /// <summary>Each record that names the bound, alone: what it says.</summary>
        public void Each(IEnumerable<OracleSaying> naming, string version)
        {
            var target = new MatchTarget(_package.Ecosystem, _package.Name, version);
            foreach (var saying in naming)
            {
                var expected = _oracle.Judge(saying, version);
                var answer = saying.Stored is null ? [] : AdvisoryMatcher.Match(target, [saying.Stored]);
                var said = answer.Count == 0 ? OracleAnswer.NotAffected : answer.All(one => one.Verdict == Verdict.Affected) ? OracleAnswer.Affected : OracleAnswer.Undecided;
                if (said != expected)
                {
                    Differences.Add($"{target}: {saying.Record.Id} says {said} and should say {expected}");
                }
            }
        }
    }
}
