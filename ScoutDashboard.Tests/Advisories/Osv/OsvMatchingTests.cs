using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories.Osv;

/// <summary>What matching reads of a record says the same as the whole record.</summary>
public sealed class OsvMatchingTests
{
    private const string Whole = """
        {"schema_version": "1.7.0", "id": "ALSA-2026:1", "modified": "2026-01-01T01:02:03.456789Z", "published": "2025-12-01T00:00:00Z", "withdrawn": "2026-02-01T00:00:00Z",
         "aliases": ["CVE-2026-1", "GHSA-\u00e4-\"q\""], "upstream": ["CVE-2026-2"], "related": ["CVE-2026-3"],
         "summary": "Important: nodejs:18 and 'php:7.4' update", "details": "Long", "references": [{"type": "WEB", "url": "https://example.org"}],
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
         "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-1"]},
         "affected": [
          {"package": {"ecosystem": "AlmaLinux:8", "name": "<node>&js+", "purl": "pkg:rpm/a"},
           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:18.0+dfsg~1"}, {"last_affected": "3"}, {"limit": "*"}]},
                      {"type": "GIT", "repo": "https://example.org/r", "events": [{"introduced": "0"}, {"fixed": "deadbeef"}]}],
           "versions": ["1.0+build", "1.1\u202e"], "severity": [{"type": "Ubuntu", "score": "low"}],
           "ecosystem_specific": {"urgency": "not yet assigned"}, "database_specific": {"informational": "unmaintained", "last_known_affected_version_range": "<= 4", "scout_doubt": "Who knows."}},
          {"package": {"ecosystem": "npm", "name": "b"}}]}
        """;

    [Fact]
    public void EveryPartThatMatchingLooksAtIsKept()
    {
        var record = Parse(Encoding.UTF8.GetBytes(Whole));
        Assert.Equal(["nodejs:18", "php:7.4"], record.Streams);
        Assert.Equal(("unmaintained", "Who knows.", "not yet assigned", "<= 4"), (record.Affected[0].Informational, record.Affected[0].Doubt, record.Affected[0].Urgency, record.Affected[0].LastKnown));

        AssertSame(record);

        var stored = Encoding.UTF8.GetString(OsvMatching.Encode(record));
        Assert.DoesNotContain("Long", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("deadbeef", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void ARatingThatOnlyTheSummaryTellsIsKept()
    {
        var record = Parse("""{"id": "ALSA-1", "modified": "2026-01-01T00:00:00Z", "summary": "Moderate: kernel update", "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "kernel"}}]}"""u8);

        Assert.Equal("Moderate", record.DatabaseSeverity);
        AssertSame(record);
    }

    [Fact]
    public void ALongRecordIsPackedAndReadAlike()
    {
        var versions = Enumerable.Range(0, 5000).Select(number => $"\"{number}.0.0\"");
        var record = Parse(Encoding.UTF8.GetBytes($$"""{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": [{{string.Join(',', versions)}}]}]}"""));

        Assert.True(OsvMatching.Encode(record).Length < 20_000);
        AssertSame(record);
    }

    /// <summary>Advisories that are stored are not read anew because a member comes: a migration must then set <c>Advisories.Matching</c> to NULL, so that the whole record is asked.</summary>
    [Fact]
    public void AMemberThatMatchingIsToReadBringsAMigrationThatForgetsWhatIsStored() => Assert.Equal(
        [
            "OsvAffected: Binaries, Doubt, Ecosystem, Informational, LastKnown, Name, Ranges, Severity, Urgency, Versions", "OsvEvent: Kind, Version", "OsvRange: Events, IsOfCommits, Type",
            "OsvRecord: Affected, Aliases, DatabaseSeverity, Id, Modified, Published, Related, Severity, Streams, Summary, Upstream, Withdrawn", "OsvSeverity: Score, Type",
        ],
        ((Type[])[typeof(OsvAffected), typeof(OsvEvent), typeof(OsvRange), typeof(OsvRecord), typeof(OsvSeverity)])
            .Select(type => $"{type.Name}: {string.Join(", ", type.GetProperties().Select(member => member.Name).Order(StringComparer.Ordinal))}"));

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { (byte)'{', (byte)'}' })]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0 })]
    [InlineData(new byte[] { 0x4F })]
    [InlineData(new byte[] { 0x57 })]
    [InlineData(new byte[] { 0x5F })]
    [InlineData(new byte[0])]
    public void WhatIsDamagedIsNoRecord(byte[] stored) => Assert.Null(OsvMatching.Read(stored));

    [Fact]
    public void WhatIsCutAtAnyByteOrGoesOnBehindItsEndIsNoRecord()
    {
        var stored = OsvMatching.Encode(Parse(Encoding.UTF8.GetBytes(Whole)));

        Assert.All(Enumerable.Range(0, stored.Length), length => Assert.Null(OsvMatching.Read(stored[..length])));
        Assert.Null(OsvMatching.Read([.. stored, 0]));
    }

    [Fact]
    public void AnyByteThatIsAnotherGivesARecordOrNone()
    {
        var stored = OsvMatching.Encode(Parse(Encoding.UTF8.GetBytes(Whole)));
        var read = 0;
        for (var at = 0; at < stored.Length; at++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
            {
                var other = stored.ToArray();
                other[at] = value;
                read += OsvMatching.Read(other) is { Affected.Count: <= 1000 } ? 1 : 0;
            }
        }

        Assert.InRange(read, 1, (stored.Length * 5) - 1);
    }

    /// <summary>Stored by a version that wrote the same parts as JSON, which nothing reads anew.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatAnEarlierVersionStoredAsJsonIsReadAsItWas(bool isPacked)
    {
        byte[] json = [.. """{"id":"GHSA-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}"""u8];

        Assert.Equal(Text(Parse(json)), Text(OsvMatching.Read(isPacked ? AdvisoryDocument.Encode(json) : json)!));
    }

    /// <summary>Stored before the last version known to be affected was, and before packages built from a source were: all else says the same.</summary>
    [Theory]
    [InlineData("4F", "00 00 00")]
    [InlineData("57", "00 00 00 00")]
    public void WhatAnEarlierVersionStoredInThisFormIsReadAsItWas(string first, string words)
    {
        var stored = Convert.FromHexString($"{first} 0C47484F2D31 0100F8B4C848DE08 0000000000000000 0000000000000000 00 00 00 01 09 0A43432D58 01 33 0461 01 05 02 00 03 01 08312E32 00 00 {words} 11 00".Replace(" ", ""));

        var record = OsvMatching.Read(stored)!;

        Assert.Equal(("GHO-1", "MODERATE", "1.2", null), (record.Id, record.DatabaseSeverity, record.Affected[0].Ranges[0].Events[1].Version, record.Affected[0].LastKnown));
        Assert.Equal(Text(record), Text(OsvMatching.Read(OsvMatching.Encode(record))!));
    }

    /// <summary>A number in what is stored means the word that it meant when it was written.</summary>
    [Fact]
    public void WordsKeepTheirNumbers() => Assert.Equal(
        "5F 0C47484F2D31 0100F8B4C848DE08 0000000000000000 0000000000000000 00 00 00 01 09 0A43432D58 01 33 0461 01 05 02 00 03 01 08312E32 00 00 00 00 00 00 00 11 00".Replace(" ", ""),
        Convert.ToHexString(OsvMatching.Encode(Parse("""
            {"id": "GHO-1", "modified": "2026-01-01T00:00:00Z", "severity": [{"type": "CVSS_V3", "score": "CC-X"}],
             "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}], "database_specific": {"severity": "MODERATE"}}
            """u8))));

    [SharedFact]
    public async Task EveryRealRecordSaysTheSame()
    {
        var records = 0;
        foreach (var path in Directory.EnumerateFiles(SharedData.PathOf("advisories"), "all.zip", SearchOption.AllDirectories))
        {
            await using var archive = File.OpenRead(path);
            await foreach (var item in AdvisoryArchive.ReadAsync(archive, CancellationToken.None))
            {
                if (item.Record is { } record)
                {
                    AssertSame(record);
                    records++;
                }
            }
        }

        Assert.InRange(records, 42_000, int.MaxValue);
    }

    private static OsvRecord Parse(ReadOnlySpan<byte> json) => OsvReader.TryParse(json, out var record) ? record : throw new InvalidDataException("No record.");

    // As text: all members with their lists in them.
    private static void AssertSame(OsvRecord record)
    {
        var kept = record with { Summary = "", Affected = [.. record.Affected.Select(affected => affected with { Ranges = [.. affected.Ranges.Where(range => !range.IsOfCommits)] })] };
        Assert.Equal(Text(kept), Text(OsvMatching.Read(OsvMatching.Encode(record))! with { Summary = "" }));
    }

    private static string Text(OsvRecord record) => System.Text.Json.JsonSerializer.Serialize(record);
}
