using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Msrc;
using static ScoutDashboard.Tests.Advisories.Msrc.MsrcFiles;

namespace ScoutDashboard.Tests.Advisories.Msrc;

public sealed class MsrcDocumentTests
{
    [Fact]
    public async Task EachReleaseHasTheBuildsOfItsServersNotOfClientsOrWhatRunsOnIt()
    {
        var read = Assert.Single((await ReadAsync(Vulnerability("CVE-2026-0001", ("10.0.20348.5020", [Desktop2022, Core2022]), ("10.0.26100.32690", [Desktop2025, Core2025]),
            ("10.0.26100.8246", [Client24H2]), ("4.8.4739.0", [Framework]), ("6.3.9600.22000", [Server2012]), ("10.0.25398.2274", [Core23H2])))).Vulnerabilities);

        Assert.Equal(
            [new MsrcFix("Windows:10.0.20348", "10.0.20348.5020", "10.0.20348.5020"), new MsrcFix("Windows:10.0.25398", "10.0.25398.2274", "10.0.25398.2274"), new MsrcFix("Windows:10.0.26100", "10.0.26100.32690", "10.0.26100.32690")],
            read.Fixes);
        Assert.Equal(("CVE-2026-0001", "Important", new DateTime(2026, 9, 8, 7, 0, 0, DateTimeKind.Utc), new DateTime(2026, 9, 19, 7, 0, 0, DateTimeKind.Utc)), (read.Cve, read.Word, read.Published, read.Modified));
        Assert.StartsWith("CVSS:3.1/AV:L", read.Vector, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfSeveralBuildsTheLastCountsAndOfEachInstallationItsOwn()
    {
        var read = Assert.Single((await ReadAsync(Vulnerability("CVE-2026-0001", ("10.0.20348.5020", [Core2022]), ("10.0.20348.499", [Core2022]), ("10.0.20348.5100", [Desktop2022])))).Vulnerabilities);

        Assert.Equal([new MsrcFix("Windows:10.0.20348", "10.0.20348.5100", "10.0.20348.5020")], read.Fixes);
    }

    [Fact]
    public async Task AHotPatchFixesNoImageAndAVulnerabilityWithoutBuildIsCounted()
    {
        var document = await ReadAsync(
            Vulnerability("CVE-2026-0001", "Security Hotpatch Update", [("10.0.20348.5440", [Core2022])]), Vulnerability("CVE-2026-0002", ("", [Core2022])),
            Vulnerability("CVE-2026-0003", ("", [Client24H2, Framework])), Vulnerability("ADV260001", ("", [Core2022])));

        Assert.Empty(document.Vulnerabilities);
        Assert.Equal(2, document.Rejected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<cvrfdoc/>")]
    [InlineData("""{"Vulnerability": []}""")]
    [InlineData("""{"DocumentTracking": {"Identification": {"ID": {"Value": "2026-Aug"}}}, "Vulnerability": []}""")]
    [InlineData("""{"DocumentTracking": {"Identification": {"ID": {"Value": "2026-Sep"}}}, "Vulnerability": {}}""")]
    public async Task AnotherDocumentIsRefused(string json) => await Assert.ThrowsAsync<FeedException>(() => ReadTextAsync(json));

    [Fact]
    public async Task WhatHasTheWrongShapeIsPassedOver()
    {
        var document = await ReadTextAsync("""
            {"DocumentTracking": {"Identification": {"ID": {"Value": "2026-Sep"}}},
             "ProductTree": {"FullProductName": [null, 7, {"ProductID": 1}, {"ProductID": "1", "Value": "Windows Server 2022  (Server Core installation)"}]},
             "Vulnerability": [null, [], 7, {"CVE": "\ud800"}, {"CVE": "CVE-2026-0001", "Remediations": "none", "Threats": {}, "ProductStatuses": [7]},
              {"CVE": "CVE-2026-0002", "Title": 7, "Threats": [null, {"Type": "three", "ProductID": ["1"]}], "CVSSScoreSets": [{"BaseScore": "high", "ProductID": ["1", 2, null, "\ud800"]}], "RevisionHistory": [{"Date": "soon"}],
               "Remediations": [null, {"FixedBuild": 7, "ProductID": ["1"]}, {"FixedBuild": "10.0.20348.x", "ProductID": ["1"]}, {"FixedBuild": " 10.0.20348.5020 ", "ProductID": ["1"], "SubType": null}]}]}
            """);

        var read = Assert.Single(document.Vulnerabilities);
        Assert.Equal(("CVE-2026-0002", "", null, null, DateTime.UnixEpoch), (read.Cve, read.Title, read.Word, read.Vector, read.Modified));
        Assert.Equal([new MsrcFix("Windows:10.0.20348", "10.0.20348.5020", "10.0.20348.5020")], read.Fixes);
    }

    [Fact]
    public async Task OnlyPlainNamesAreDocumentsAndTheNewestComesFirst()
    {
        await using var list = new MemoryStream(Encoding.UTF8.GetBytes("""
            {"value": [{"ID": "2016-Apr", "InitialReleaseDate": "2016-04-12T07:00:00Z", "CurrentReleaseDate": "2026-09-30T07:00:00Z"}, {"ID": "2026-Sep", "InitialReleaseDate": "2026-09-08T07:00:00Z", "CurrentReleaseDate": "2026-09-08T07:00:00Z"},
              {"ID": "../2026", "CurrentReleaseDate": "2026-09-08T07:00:00Z"}, {"ID": "2026-Aug"}, {"ID": "2026/Aug", "CurrentReleaseDate": "2026-09-08T07:00:00Z"}, null, 7]}
            """));

        Assert.Equal(["2026-Sep", "2016-Apr"], (await MsrcUpdates.ReadAsync(list, CancellationToken.None)).Select(document => document.Id));
    }

    private static Task<MsrcDocument> ReadAsync(params object[] vulnerabilities) => ReadTextAsync(Document("2026-Sep", vulnerabilities));

    private static async Task<MsrcDocument> ReadTextAsync(string json)
    {
        await using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await MsrcDocument.ReadAsync("2026-Sep", file, CancellationToken.None);
    }
}
