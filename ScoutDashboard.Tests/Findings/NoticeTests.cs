using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

// Notices: one update that fixes many vulnerabilities, or none.
public sealed class NoticeTests
{
    private static readonly MatchTarget OpenSsl = new("Debian:12", "openssl", "4");

    [Fact]
    public void UnderAVulnerabilityThatTheDistributionKnowsToBeFixedEarlierANoticeDoesNotStand()
    {
        // The notice's version has the last fix of all; the first came with version 3.
        var found = AdvisoryMatcher.Match(OpenSsl, [
            Debian("DSA-1-1", "5", "CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"), Debian("DEBIAN-CVE-2026-0001", "3", "CVE-2026-0001"), Debian("DEBIAN-CVE-2026-0002", "5", "CVE-2026-0002"),
        ]);

        Assert.Equal(
            ["CVE-2026-0002 DEBIAN-CVE-2026-0002 DSA-1-1", "CVE-2026-0003 DSA-1-1"], found.Select(one => $"{one.Id} {string.Join(' ', one.AdvisoryIds)}"));
    }

    [Fact]
    public void OfAVulnerabilitysFixItsOwnRecordDecidesAndNotTheNotice()
    {
        var found = AdvisoryMatcher.Match(OpenSsl with { Version = "2" }, [
            Debian("DSA-1-1", "5", "CVE-2026-0001", "CVE-2026-0002"), Debian("DEBIAN-CVE-2026-0001", "3", "CVE-2026-0001"),
        ]);

        Assert.Equal(["CVE-2026-0001 3", "CVE-2026-0002 5"], found.Select(one => $"{one.Id} {one.FixedVersion}"));
    }

    [Theory]
    [InlineData("Debian:11", false)] // of another release: it tells nothing of this one
    [InlineData("Debian:12", true)] // withdrawn: it tells nothing
    public void OnlyWhatIsSaidOfThisReleaseRulesOut(string ecosystem, bool isWithdrawn)
    {
        var other = Debian("DEBIAN-CVE-2026-0001", "3", "CVE-2026-0001");
        other = other with { Affected = [other.Affected[0] with { Ecosystem = ecosystem }], Withdrawn = isWithdrawn ? DateTime.UnixEpoch : null };

        Assert.Equal(["CVE-2026-0001", "CVE-2026-0002"], AdvisoryMatcher.Match(OpenSsl, [Debian("DSA-1-1", "5", "CVE-2026-0001", "CVE-2026-0002"), other]).Select(one => one.Id));
    }

    [Fact]
    public void ANoticeOfWhichNothingIsLeftIsNotLost() => Assert.Equal(["CVE-2026-0001", "CVE-2026-0002"], AdvisoryMatcher.Match(OpenSsl, [
        Debian("DSA-1-1", "5", "CVE-2026-0001", "CVE-2026-0002"), Debian("DEBIAN-CVE-2026-0001", "3", "CVE-2026-0001"), Debian("DEBIAN-CVE-2026-0002", "4", "CVE-2026-0002"),
    ]).Select(one => one.Id));

    [Theory]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "Critical: openssl security update", SeverityLevel.Critical, "severity word of ALSA-2026:1")]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "Important: nodejs:18 security update", SeverityLevel.High, "severity word of ALSA-2026:1")]
    [InlineData("Rocky Linux:9", "RLSA-2026:1", "Moderate: openssl security update", SeverityLevel.Medium, "severity word of RLSA-2026:1")]
    [InlineData("Red Hat:enterprise_linux:9", "RHSA-2026:1", "Low: openssl security update", SeverityLevel.Low, "severity word of RHSA-2026:1")]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "container-tools:rhel8 security update", SeverityLevel.Unknown, null)]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "Not Important: openssl", SeverityLevel.Unknown, null)]
    [InlineData("npm", "GHSA-1", "Critical: remote code execution", SeverityLevel.Unknown, null)]
    [InlineData("AlmaLinux:9", "ALBA-2026:1", "openssl bug fix update", SeverityLevel.None, "No vulnerability named: a bug fix or an enhancement, ALBA-2026:1")]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "openssl security update", SeverityLevel.Unknown, null)]
    public void RpmDistributionsRateInTheSummary(string ecosystem, string id, string summary, SeverityLevel level, string? source)
    {
        var found = Assert.Single(AdvisoryMatcher.Match(new MatchTarget(ecosystem, "openssl", "1-1"), [Read(ecosystem, id, $"\"summary\":\"{summary}\",", "")]));

        Assert.Equal((level, source), (found.Severity.Level, found.Severity.Source));
    }

    [Theory]
    [InlineData("ALBA-2026:1", "\"related\":[\"CVE-2026-0001\"],", "", SeverityLevel.Unknown)]
    [InlineData("RUSTSEC-2026-0001", "", ",\"database_specific\":{\"informational\":\"unmaintained\"}", SeverityLevel.None)]
    [InlineData("RUSTSEC-2026-0001", "", ",\"database_specific\":{\"informational\":null}", SeverityLevel.Unknown)]
    [InlineData("RUSTSEC-2026-0001", "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],", ",\"database_specific\":{\"informational\":\"unsound\"}", SeverityLevel.Critical)]
    public void WhatIsNoVulnerabilityIsRatedNoneUnlessSomebodyRatesIt(string id, string ofRecord, string ofEntry, SeverityLevel level)
    {
        var ecosystem = id.StartsWith("RUST", StringComparison.Ordinal) ? "crates.io" : "AlmaLinux:9";

        Assert.Equal(level, Assert.Single(AdvisoryMatcher.Match(new MatchTarget(ecosystem, "openssl", "1.0.0"), [Read(ecosystem, id, ofRecord, ofEntry)])).Severity.Level);
    }

    private static OsvRecord Debian(string id, string fixedIn, params string[] upstream) => new(
        id, default, null, null, [], upstream, [], "", [],
        [new OsvAffected("Debian:12", "openssl", [new OsvRange("ECOSYSTEM", [new OsvEvent(OsvEventKind.Introduced, "0"), new OsvEvent(OsvEventKind.Fixed, fixedIn)])], [], [], null)], null);

    private static OsvRecord Read(string ecosystem, string id, string ofRecord, string ofEntry)
    {
        Assert.True(OsvReader.TryParse(Encoding.UTF8.GetBytes($$$"""
            {"id":"{{{id}}}","modified":"2026-01-01T00:00:00Z",{{{ofRecord}}}"affected":[{"package":{"ecosystem":"{{{ecosystem}}}","name":"openssl"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]{{{ofEntry}}}}]}
            """), out var record));
        return record;
    }
}
