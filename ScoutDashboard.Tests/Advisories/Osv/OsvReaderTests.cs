using System.Globalization;
using System.Text;
using ScoutDashboard.Advisories.Osv;

namespace ScoutDashboard.Tests.Advisories.Osv;

public sealed class OsvReaderTests
{
    [Fact]
    public void EveryPartThatMatchingNeedsIsRead()
    {
        var record = Read("""
            {
              "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-08-01T09:00:02.625Z", "published": "2026-07-01T00:00:00Z", "withdrawn": "2026-08-01T11:00:00+02:00",
              "aliases": ["CVE-2026-1"], "upstream": ["CVE-2026-2"], "related": ["CVE-2026-3"], "summary": "Short", "details": "Long",
              "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }, { "type": "Ubuntu", "score": "negligible" }],
              "affected": [{
                "package": { "ecosystem": "Debian:12", "name": "openssl" },
                "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": "3.0.2" }, { "last_affected": "3.0.1" }, { "limit": "*" }] }],
                "versions": ["3.0.0"], "severity": [{ "type": "CVSS_V4", "score": "CVSS:4.0/AV:N" }], "ecosystem_specific": { "urgency": "low" }
              }],
              "references": [{ "type": "FIX", "url": "https://example.org/fix" }], "database_specific": { "severity": "MODERATE" }
            }
            """);

        Assert.Equal(new DateTime(2026, 8, 1, 9, 0, 2, 625, DateTimeKind.Utc), record.Modified);
        Assert.Equal(new DateTime(2026, 8, 1, 9, 0, 0, DateTimeKind.Utc), record.Withdrawn);
        Assert.Equal(DateTimeKind.Utc, record.Withdrawn!.Value.Kind);
        Assert.Equal(["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"], [.. record.Aliases, .. record.Upstream, .. record.Related]);
        Assert.Equal([new OsvSeverity("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), new OsvSeverity("Ubuntu", "negligible")], record.Severity);
        Assert.Equal("MODERATE", record.DatabaseSeverity);
        var affected = Assert.Single(record.Affected);
        Assert.Equal(("Debian:12", "openssl", "low"), (affected.Ecosystem, affected.Name, affected.Urgency));
        Assert.Equal(["3.0.0"], affected.Versions);
        Assert.Equal([new OsvSeverity("CVSS_V4", "CVSS:4.0/AV:N")], affected.Severity);
        Assert.Equal(
            [new(OsvEventKind.Introduced, "0"), new(OsvEventKind.Fixed, "3.0.2"), new(OsvEventKind.LastAffected, "3.0.1"), new OsvEvent(OsvEventKind.Limit, "*")],
            Assert.Single(affected.Ranges).Events);
    }

    [Theory]
    [InlineData("""{"aliases": null, "affected": null, "severity": null, "references": null}""", 0)]
    [InlineData("""{"aliases": "CVE-2026-1", "affected": {}, "severity": 9.8}""", 0)]
    [InlineData("""{"affected": [{"ranges": []}, {"package": null}, {"package": {"ecosystem": "npm"}}, {"package": {"ecosystem": "npm", "name": 7}}, "npm", null]}""", 0)]
    [InlineData("""{"affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": null, "versions": null, "ecosystem_specific": null, "database_specific": []}]}""", 1)]
    [InlineData("""{"affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [null, {"events": [null, {}, {"introduced": 0}, 5]}], "versions": [1, null]}]}""", 1)]
    public void WhatHasTheWrongShapeIsPassedOver(string members, int affected)
    {
        var record = Read($$"""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", {{members.Trim()[1..]}}""");

        Assert.Equal(affected, record.Affected.Count);
        Assert.All(record.Affected, one => Assert.Empty(one.Versions));
        Assert.All(record.Affected.SelectMany(one => one.Ranges), range => Assert.Empty(range.Events));
        Assert.Empty(record.Severity);
    }

    [Fact]
    public void SeveralEventsInOneObjectAreAllRead() => Assert.Equal(
        [OsvEventKind.Introduced, OsvEventKind.Fixed],
        Read("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0", "fixed": "1.0.0"}]}]}]}""")
            .Affected[0].Ranges[0].Events.Select(e => e.Kind));

    [Fact]
    public void ANameMayBeEscapedAndNeedNotBeTextWhereNobodyAsksForIt()
    {
        byte[] json = [.. """{"\u0069d": "X-1", "modified": "2026-01-01T00:00:00Z", "nam"""u8, 0xC3, 0x28, .. """e": 1, "affect\u0065d": [{"package": {"ecosystem": "npm", "name": "a"}}]}"""u8];
        Assert.True(OsvReader.TryParse(json, out var record));
        Assert.Equal(("X-1", "a"), (record.Id, record.Affected.Single().Name));
    }

    [Fact]
    public void TheLastOfTwoMembersCounts()
    {
        var record = Read("""{"id": "X-1", "id": "X-2", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1"], "aliases": 5, "summary": "a", "summary": null}""");
        Assert.Equal(("X-2", ""), (record.Id, record.Summary));
        Assert.Empty(record.Aliases);
    }

    [Theory]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "summary": "a", "details": "b"}""", "a")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "details": "b", "summary": "a"}""", "a")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "details": "b", "summary": ""}""", "b")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "details": "b", "affected": []}""", "b")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "summary": "", "details": {"a": "b"}, "aliases": []}""", "")]
    public void DetailsStandInForASummaryThatIsNotThere(string json, string summary) => Assert.Equal(summary, Read(json).Summary);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z" """)]
    [InlineData("""{"modified": "2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"id": "", "modified": "2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"id": 5, "modified": "2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"id": "X-1"}""")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z"} {}""")]
    [InlineData("""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "related": ["a", }""")]
    [InlineData("""{"id": "X-1", "modified": "yesterday"}""")]
    [InlineData("""{"id": "\ud800", "modified": "2026-01-01T00:00:00Z"}""")]
    public void ARecordWithoutIdOrTimeIsRefused(string json) => Assert.False(OsvReader.TryParse(Encoding.UTF8.GetBytes(json), out _));

    // Against the list of changes, which is text: a time that differs by a tick would have the record fetched again and again.
    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.1Z")]
    [InlineData("2026-01-02T03:04:05.1234567Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z")]
    [InlineData("2026-01-02T03:04:05.99999999Z")]
    [InlineData("2026-01-02T03:04:05+02:00")]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02T03:04:05\\u005a", "2026-01-02T03:04:05Z")]
    public void ATimeIsThatOfTheListOfChanges(string written, string? told = null)
    {
        var expected = DateTimeOffset.Parse(told ?? written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime;
        var modified = Read($$"""{"id": "X-1", "modified": "{{written}}"}""").Modified;
        Assert.Equal((expected, DateTimeKind.Utc), (modified, modified.Kind));
    }

    [Fact]
    public void ARecordThatNestsTooDeepIsRefused() => Assert.False(OsvReader.TryParse(
        Encoding.UTF8.GetBytes($$"""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "database_specific": {{new string('[', 5000)}}{{new string(']', 5000)}}}"""), out _));

    [Fact]
    public void AByteOrderMarkDoesNoHarm() => Assert.True(OsvReader.TryParse((byte[])[0xEF, 0xBB, 0xBF, .. """{"id": "X-1", "modified": "2026-01-01T00:00:00Z"}"""u8], out _));

    private static OsvRecord Read(string json) => OsvReader.TryParse(Encoding.UTF8.GetBytes(json), out var record) ? record : throw new InvalidDataException(json);
}
