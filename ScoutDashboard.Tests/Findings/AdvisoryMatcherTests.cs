using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

public sealed class AdvisoryMatcherTests
{
    private static readonly MatchTarget Left = new("npm", "left", "1.0.0");

    [Theory]
    [InlineData("1.1.0", true)]
    [InlineData("1.2.0", false)]
    [InlineData("2.0.0", true)]
    [InlineData("3.0.0", false)]
    public void TheOrderOfEventsInTheFileMeansNothing(string version, bool isAffected) => Assert.Equal(isAffected, AdvisoryMatcher.Match(
        Left with { Version = version }, [Record("GHSA-1", Fixed("2.1.0"), Introduced("2.0.0"), Fixed("1.2.0"), Introduced("1.0.0"))]).Count > 0);

    [Theory]
    [InlineData("8.0.35-9", true)]
    [InlineData("8.0.36-3", true)]
    [InlineData("8.0.37-0", false)]
    public void TheLastAffectedVersionEndsWithTheLastOfBitnamisRevisions(string version, bool isAffected) => Assert.Equal(isAffected, AdvisoryMatcher.Match(
        new MatchTarget("Bitnami", "left", version), [BitnamiRecord(Introduced("0"), new OsvEvent(OsvEventKind.LastAffected, "8.0.36"))]).Count > 0);

    [Theory]
    [InlineData("4.6.0-0", true)]
    [InlineData("4.6.0-1", false)]
    [InlineData("4.6.0-10", false)]
    [InlineData("4.6.1-0", false)]
    public void AFixInOneOfBitnamisRevisionsIsNoneForTheEarlierOnes(string version, bool isAffected) => Assert.Equal(isAffected, AdvisoryMatcher.Match(
        new MatchTarget("Bitnami", "left", version), [BitnamiRecord(Introduced("0"), Fixed("4.6.0-1"))]).Count > 0);

    [Theory]
    [InlineData("4.6.0-0", false)]
    [InlineData("4.5.9-7", true)]
    public void ARevisionOfTheFixedVersionIsNoPreRelease(string version, bool isAffected) => Assert.Equal(isAffected, AdvisoryMatcher.Match(
        new MatchTarget("Bitnami", "left", version), [BitnamiRecord(Introduced("0"), Fixed("4.6.0"))]).Count > 0);

    [Theory]
    [InlineData("dev-main", Verdict.Undecided)]
    [InlineData("dev-broken", Verdict.Affected)]
    [InlineData("1.x-dev", Verdict.Affected)]
    public void ABranchOfAComposerPackageIsUndecidedUnlessItIsListedOrNumbered(string version, Verdict verdict) => Assert.Equal(verdict, Assert.Single(AdvisoryMatcher.Match(
        new MatchTarget("Packagist", "left/pad", version), [ComposerRecord(Introduced("0"), Fixed("2.0.0"))])).Verdict);

    [Fact]
    public void AFixInsideAnotherAdvisorysRangeIsNoFix()
    {
        var found = AdvisoryMatcher.Match(Left, [Record("CVE-2024-0001", Introduced("0"), Fixed("1.5.0")), Record("GHSA-1", Introduced("0"), Fixed("1.6.0")) with { Aliases = ["CVE-2024-0001"] }]);

        Assert.Equal(("CVE-2024-0001", "1.6.0", FixState.Fixed), (Assert.Single(found).Id, found[0].FixedVersion, found[0].FixState));
    }

    [Theory]
    [InlineData("1.0.0", "1.9", null, FixState.Unknown)]
    [InlineData("1.0.0", null, null, FixState.NoFix)]
    public void AnEndWithoutAFixedVersionIsNotCalledNoFix(string version, string? last, string? fix, FixState state)
    {
        OsvEvent[] events = last is null ? [Introduced("0")] : [Introduced("0"), new OsvEvent(OsvEventKind.LastAffected, last)];

        var found = Assert.Single(AdvisoryMatcher.Match(Left with { Version = version }, [Record("GHSA-1", events)]));

        Assert.Equal((fix, state), (found.FixedVersion, found.FixState));
    }

    [Fact]
    public void AVersionThatCannotBeComparedIsUndecidedWithAReason()
    {
        var found = Assert.Single(AdvisoryMatcher.Match(Left with { Version = "not a version" }, [Record("GHSA-1", Introduced("0"), Fixed("2.0.0"))]));

        Assert.Equal(Verdict.Undecided, found.Verdict);
        Assert.Contains("not a version", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnreadableFixAboveAnAnswerThatIsNoAnywayChangesNothing() =>
        Assert.Empty(AdvisoryMatcher.Match(Left, [Record("GHSA-1", Introduced("2.0.0"), Fixed("???"))]));

    [Fact]
    public void TheNewestCvssOfThePackagesOwnEntryDecidesTheSeverity()
    {
        var record = Record("GHSA-1", Introduced("0")) with { Severity = [new OsvSeverity("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")], DatabaseSeverity = "LOW" };

        var severity = Assert.Single(AdvisoryMatcher.Match(Left, [record])).Severity;

        Assert.Equal((SeverityLevel.Critical, 9.8, "CVSS:3.1 of GHSA-1"), (severity.Level, severity.Score, severity.Source));
    }

    [Fact]
    public void AVectorThatIsNoneLeavesTheDatabasesWord()
    {
        var record = Record("GHSA-1", Introduced("0")) with { Severity = [new OsvSeverity("CVSS_V3", "nonsense")], DatabaseSeverity = "MODERATE" };

        Assert.Equal(SeverityLevel.Medium, Assert.Single(AdvisoryMatcher.Match(Left, [record])).Severity.Level);
    }

    private static OsvEvent Introduced(string version) => new(OsvEventKind.Introduced, version);

    private static OsvEvent Fixed(string version) => new(OsvEventKind.Fixed, version);

    private static OsvRecord Record(string id, params OsvEvent[] events) => new(
        id, DateTime.UnixEpoch, null, null, [], [], [], "", [], [new OsvAffected("npm", "left", [new OsvRange("SEMVER", events)], [], [], null)], null);

    private static OsvRecord BitnamiRecord(params OsvEvent[] events) =>
        Record("BIT-1") with { Affected = [new OsvAffected("Bitnami", "left", [new OsvRange("SEMVER", events)], [], [], null)] };

    private static OsvRecord ComposerRecord(params OsvEvent[] events) =>
        Record("GHSA-1") with { Affected = [new OsvAffected("Packagist", "left/pad", [new OsvRange("ECOSYSTEM", events)], ["dev-broken"], [], null)] };
}
