using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.DotNet;
using static ScoutDashboard.Tests.Advisories.DotNet.DotNetFiles;

namespace ScoutDashboard.Tests.Advisories.DotNet;

public sealed class DotNetChannelTests
{
    [Fact]
    public async Task EachRuntimeHasTheFixFromItsOwnBuildOn()
    {
        var channel = await ReadAsync("8.0", Channel("8.0", Release("8.0.10", "2024-10-08", "8.0.10", "8.0.11", null, "CVE-2024-43485"), Release("8.0.8", "2024-08-13")));

        Assert.Equal(["microsoft.aspnetcore.app.runtime. 8.0.11", "microsoft.netcore.app.runtime. 8.0.10"], Fixes(channel));
        Assert.Equal((null, 0), (channel.EndedOn, channel.Rejected));
    }

    [Fact]
    public async Task ABuildThatAReleaseOnlyRepeatsHasNoFixOfThatRelease()
    {
        var channel = await ReadAsync("8.0", Channel("8.0",
            Release("8.0.12", "2025-01-20", "8.0.11", "8.0.11", "8.0.12", "CVE-2025-0001"), // another SDK and Windows Desktop beside the same runtimes
            Release("8.0.11", "2024-11-12")));

        Assert.Equal(["microsoft.windowsdesktop.app.runtime. 8.0.12"], Fixes(channel));
    }

    [Fact]
    public async Task OfAVulnerabilityThatIsListedTwiceTheLastFixCounts()
    {
        var channel = await ReadAsync("8.0", Channel("8.0", Release("8.0.2", "2024-02-13", "8.0.2", null, null, "CVE-2024-0001"), Release("8.0.1", "2024-01-09", "8.0.1", null, null, "CVE-2024-0001")));

        Assert.Equal(["microsoft.netcore.app.runtime. 8.0.2"], Fixes(channel));
    }

    [Fact]
    public async Task ThePreviewThatAFixCameWithIsItsBuild()
    {
        var channel = await ReadAsync("9.0", Channel("9.0",
            Release("9.0.0", "2024-11-12"),
            Release("9.0.0-rc.2", "2024-10-08", "9.0.0-rc.2.24473.5", null, null, "CVE-2024-0001"),
            Release("9.0.0-rc.1", "2024-09-10", "9.0.0-rc.1.24431.7", null, null)));

        Assert.Equal(["microsoft.netcore.app.runtime. 9.0.0-rc.2.24473.5"], Fixes(channel));
    }

    [Fact]
    public async Task WhatCannotBeReadIsCountedAndTheRestIsRead()
    {
        var channel = await ReadAsync("8.0", """
            {"channel-version": "8.0", "support-phase": "eol", "eol-date": "2026-11-10", "releases": [
              null, 7, {"release-version": "8.0.3"}, {"release-date": "yesterday"},
              {"release-date": "2024-03-12", "cve-list": "all", "runtime": {"version": "8.0.3"}},
              {"release-date": "2024-02-13", "cve-list": [{"cve-id": "CVE-2024-0002"}, {"cve-id": "CVE-2024-\u0000"}, {"cve-id": "\ud800"}, null, {}], "runtime": {"version": "8.0.2"}, "aspnetcore-runtime": {"version": "9.0.2"}, "windowsdesktop": {"version": "8.0.new"}},
              {"release-date": "2024-01-09", "cve-list": [{"cve-id": "CVE-2024-0001"}], "runtime": "8.0.1", "aspnetcore-runtime": {"version": 8}, "windowsdesktop": []}
            ]}
            """);

        Assert.Equal(["microsoft.netcore.app.runtime. 8.0.2"], Fixes(channel));
        Assert.Equal((new DateOnly(2026, 11, 10), 8), (channel.EndedOn, channel.Rejected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"channel-version": "9.0", "releases": [{}]}""")]
    [InlineData("""{"channel-version": "8.0", "releases": []}""")]
    [InlineData("""{"channel-version": "8.0", "releases": {"release-date": "2024-01-09"}}""")]
    [InlineData("""{"channel-version": "8.0", "releases": [""")]
    [InlineData("""{"channel-version": "8.0", "releases": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    public async Task AnotherFileIsRefused(string json) => await Assert.ThrowsAsync<FeedException>(() => ReadAsync("8.0", json));

    [Fact]
    public async Task OnlyChannelsWithPacksAndPlainNamesAreKnown()
    {
        await using var index = new MemoryStream(Encoding.UTF8.GetBytes(Index("10.0", "8.0", "3.1", "2.1", "8.0", "../8.0", "8", "8.0.1", "8.0/..", "", "eight.0", "123.0")));

        Assert.Equal(["10.0", "8.0", "3.1"], (await DotNetIndex.ReadAsync(index, CancellationToken.None)).Channels);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"releases-index": [{"channel-version": "2.1"}, 5, null]}""")]
    public async Task AnotherFileIsNoIndex(string json)
    {
        await using var index = new MemoryStream(Encoding.UTF8.GetBytes(json));
        await Assert.ThrowsAsync<FeedException>(() => DotNetIndex.ReadAsync(index, CancellationToken.None));
    }

    private static async Task<DotNetChannel> ReadAsync(string channel, string json)
    {
        await using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await DotNetChannel.ReadAsync(channel, file, CancellationToken.None);
    }

    private static IEnumerable<string> Fixes(DotNetChannel channel) => channel.Fixes.Select(fix => $"{fix.Family} {fix.Version}").Order(StringComparer.Ordinal);
}
