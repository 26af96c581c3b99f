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

    /// <summary>Both must be left, and the one that never ends never is; with an end that has no fix, one is known only where the other calls fixed what lies behind it.</summary>
    [Theory]
    [InlineData(null, "last 1.9", null, FixState.NoFix)]
    [InlineData(null, "2.0.0", null, FixState.NoFix)]
    [InlineData("last 1.9", "2.0.0", "2.0.0", FixState.Fixed)]
    [InlineData("last 2.1", "2.0.0", null, FixState.Unknown)]
    [InlineData("last 1.9", "last 1.8", null, FixState.Unknown)]
    [InlineData("1.5.0", "2.0.0", "2.0.0", FixState.Fixed)]
    public void WhichOfTwoThatHoldStandsFirstMeansNothing(string? one, string? other, string? fix, FixState state)
    {
        var (left, right) = (Record("GHSA-1", Events(one)), Record("GHSA-1", Events(other)));
        var aliased = right with { Id = "CVE-2026-0001" };
        OsvRecord[][] together =
        [
            [left with { Affected = [.. left.Affected, .. right.Affected] }], [left with { Affected = [.. right.Affected, .. left.Affected] }],
            [left with { Affected = [left.Affected[0] with { Ranges = [.. left.Affected[0].Ranges, .. right.Affected[0].Ranges] }] }],
            [left with { Affected = [left.Affected[0] with { Ranges = [.. right.Affected[0].Ranges, .. left.Affected[0].Ranges] }] }],
            [left with { Aliases = [aliased.Id] }, aliased], [aliased, left with { Aliases = [aliased.Id] }],
        ];

        var found = together.Select(records => Assert.Single(AdvisoryMatcher.Match(Left, records))).ToList();

        Assert.All(found, vulnerability => Assert.Equal((fix, state), (vulnerability.FixedVersion, vulnerability.FixState)));
        Assert.Single(found.Take(4).Select(vulnerability => vulnerability.Reason).Distinct());

        static OsvEvent[] Events(string? end) => end is null ? [Introduced("0")]
            : [Introduced("0"), end.StartsWith("last ", StringComparison.Ordinal) ? new OsvEvent(OsvEventKind.LastAffected, end[5..]) : Fixed(end)];
    }

    [Theory]
    [InlineData("[{\"introduced\": \"0\"}]", null, FixState.Unknown, "Known to be affected: <= 1.2.3.")]
    [InlineData("[{\"introduced\": \"0\"}, {\"fixed\": \"2.0.0\"}]", "2.0.0", FixState.Fixed, null)]
    [InlineData("[{\"introduced\": \"0\"}, {\"last_affected\": \"1.9.0\"}]", null, FixState.Unknown, "Affected up to 1.9.0.")]
    public void AnOpenRangeWhoseLastAffectedVersionIsKnownIsNotCalledNoFix(string events, string? fix, FixState state, string? reason)
    {
        Assert.True(OsvReader.TryParse(System.Text.Encoding.UTF8.GetBytes($$"""
            {"id": "GHSA-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "ranges": [{"type": "SEMVER", "events": {{events}}}],
             "database_specific": {"last_known_affected_version_range": "<= 1.2.3"} }]}
            """), out var record));

        var found = Assert.Single(AdvisoryMatcher.Match(Left, [OsvMatching.Read(OsvMatching.Encode(record))!]));

        Assert.Equal((fix, state, reason), (found.FixedVersion, found.FixState, found.Reason));
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

    [Theory]
    [InlineData("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N")]
    [InlineData("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
    public void OfTwoVectorsOfOneTypeTheNewerVersionCounts(string first, string second)
    {
        var record = Record("GHSA-1", Introduced("0")) with { Severity = [new OsvSeverity("CVSS_V3", first), new OsvSeverity("CVSS_V3", second)] };

        Assert.Equal("CVSS:3.1 of GHSA-1", Assert.Single(AdvisoryMatcher.Match(Left, [record])).Severity.Source);
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
