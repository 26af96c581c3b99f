using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

/// <summary>Of a distribution's package its own database decides, whatever others say of the same vulnerability under its name.</summary>
public sealed class DistributionVerdictTests
{
    private const string Cve = "CVE-2026-0001";
    private const string Low = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
    private const string Critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    /// <param name="ecosystem">Whose package.</param>
    /// <param name="own">The id in its own database.</param>
    /// <param name="fix">Its own record knows of one vulnerability when it is fixed; a notice of an update only what that update mended, so that both must be left.</param>
    [Theory]
    [InlineData("Debian:12", "DEBIAN-CVE-2026-0001", "1.5")]
    [InlineData("Debian:12", "DSA-1-1", "2.0")]
    [InlineData("Ubuntu:24.04:LTS", "UBUNTU-CVE-2026-0001", "1.5")]
    [InlineData("Ubuntu:24.04:LTS", "USN-1-1", "2.0")]
    [InlineData("Alpine:v3.20", "ALPINE-CVE-2026-0001", "1.5")]
    [InlineData("Wolfi", "CGA-2222-3333-4444", "1.5")]
    [InlineData("Chainguard", "CGA-2222-3333-4444", "1.5")]
    [InlineData("AlmaLinux:9", "ALSA-2026:1", "2.0")]
    [InlineData("AlmaLinux:9", "ALBA-2026:1", "2.0")]
    [InlineData("AlmaLinux:9", "ALEA-2026:1", "2.0")]
    [InlineData("Rocky Linux:9", "RLSA-2026:1", "2.0")]
    [InlineData("Rocky Linux:9", "RXSA-2026:1", "2.0")]
    [InlineData("Red Hat:enterprise_linux:9::baseos", "RHSA-2026:1", "2.0")]
    [InlineData("Red Hat:enterprise_linux:9::baseos", "RHSA-CVE-2026-0001", "2.0")]
    [InlineData("Red Hat:enterprise_linux:9::baseos", "RHBA-2026:1", "2.0")]
    [InlineData("Red Hat:enterprise_linux:9::baseos", "RHEA-2026:1", "2.0")]
    [InlineData("SUSE:Linux Enterprise Server 15 SP5", "SUSE-SU-2026:0001-1", "2.0")]
    [InlineData("SUSE:Linux Enterprise Server 15 SP5", "SUSE-RU-2026:0001-1", "2.0")]
    [InlineData("openSUSE:Leap 15.6", "openSUSE-SU-2026:0001-1", "2.0")]
    [InlineData("openSUSE:Leap 15.6", "SUSE-SU-2026:0001-1", "2.0")]
    [InlineData("Azure Linux:3", "AZL-1234", "1.5")]
    [InlineData("Photon OS:5.0", "PHSA-2026-5.0-0001", "2.0")]
    [InlineData("openEuler:24.03-LTS", "OESA-2026-1001", "2.0")]
    [InlineData("Mageia:9", "MGASA-2026-0001", "2.0")]
    [InlineData("Echo", "ECHO-1234-5678-9012", "1.5")]
    [InlineData("MinimOS", "MINI-2222-3333-4444", "1.5")]
    [InlineData("Alpaquita:23", "BELL-CVE-2026-0001", "1.5")]
    [InlineData("Bitnami", "BIT-openssl-2026-0001", "1.5")]
    public void ItsSeverityAndItsFixGoBeforeThoseOfOthers(string ecosystem, string own, string fix)
    {
        OsvRecord[] records = [Record(Cve, ecosystem, "2.0", Critical), Record(own, ecosystem, "1.5", Low) with { Upstream = [Cve] }, Record("GHSA-2222-3333-4444", ecosystem, "2.0", Critical) with { Aliases = [Cve] }];

        var found = Assert.Single(AdvisoryMatcher.Match(new MatchTarget(ecosystem, "openssl", "1.0"), records));

        Assert.Equal((Cve, own, SeverityLevel.Low, $"CVSS:3.1 of {own}"), (found.Id, found.AdvisoryId, found.Severity.Level, found.Severity.Source));
        Assert.Equal((fix, FixState.Fixed), (found.FixedVersion, found.FixState));
        Assert.Equal(fix == "1.5", AdvisoryMatcher.Match(new MatchTarget(ecosystem, "openssl", "1.5"), records).Count == 0);
    }

    [Fact]
    public void OfAForeignRecordOnSeveralVulnerabilitiesOnlyThoseAreRuledOutThatTheDistributionKnows()
    {
        OsvRecord[] records = [Record("DEBIAN-CVE-2026-0001", "Debian:12", "1.0", Low) with { Upstream = [Cve] }, Record("GHSA-2222-3333-4444", "Debian:12", "2.0", Critical) with { Aliases = [Cve, "CVE-2026-0002"] }];

        var found = Assert.Single(AdvisoryMatcher.Match(new MatchTarget("Debian:12", "openssl", "1.5"), records));

        Assert.Contains("GHSA-2222-3333-4444", found.AdvisoryIds);
        Assert.Empty(AdvisoryMatcher.Match(new MatchTarget("Debian:12", "openssl", "1.5"), [records[0], records[1] with { Aliases = [Cve] }]));
    }

    [Fact]
    public void OfNoticesOnSeveralVulnerabilitiesTheHighestSeverityCounts()
    {
        var some = Record("ALSA-2026:1", "AlmaLinux:9", "1.5", null) with { Related = [Cve, "CVE-2026-0002"], DatabaseSeverity = "Moderate" };
        var others = some with { Id = "ALSA-2026:2", Related = [Cve, "CVE-2026-0003"], DatabaseSeverity = "Important" };

        var found = AdvisoryMatcher.Match(new MatchTarget("AlmaLinux:9", "openssl", "1.0"), [some, others, Record(Cve, "AlmaLinux:9", "2.0", Critical)]);

        Assert.Equal([(Cve, SeverityLevel.High), ("CVE-2026-0002", SeverityLevel.Medium), ("CVE-2026-0003", SeverityLevel.High)], found.Select(one => (one.Id, one.Severity.Level)));
    }

    [Fact]
    public void ANoticeOfAnotherModuleStreamRulesNothingOut()
    {
        var target = new MatchTarget("AlmaLinux:8", "nodejs", "18.1-1.module_el8.6.0+1+aaaaaaaa") { Stream = "nodejs:18" };
        var other = Module("ALSA-2026:1", "16.1-1.module_el8.6.0+1+bbbbbbbb") with { Related = [Cve], Streams = ["nodejs:16"] };
        var own = Module("ALSA-2026:2", "18.2-1.module_el8.6.0+1+cccccccc") with { Related = [Cve, "CVE-2026-0002"], Streams = ["nodejs:18"] };

        Assert.Equal([Cve, "CVE-2026-0002"], AdvisoryMatcher.Match(target, [other, own]).Select(found => found.Id));

        static OsvRecord Module(string id, string fix) => Record(id, "AlmaLinux:8", fix, null) is var record ? record with { Affected = [record.Affected[0] with { Name = "nodejs" }] } : null!;
    }

    private static OsvRecord Record(string id, string ecosystem, string fix, string? vector) => new(
        id, DateTime.UnixEpoch, null, null, [], [], [], "", vector is null ? [] : [new OsvSeverity("CVSS_V3", vector)],
        [new OsvAffected(ecosystem, "openssl", [new OsvRange("ECOSYSTEM", [new OsvEvent(OsvEventKind.Introduced, "0"), new OsvEvent(OsvEventKind.Fixed, fix)])], [], [], null)], null);
}
