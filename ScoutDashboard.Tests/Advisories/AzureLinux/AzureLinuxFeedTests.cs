using System.Net;
using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.AzureLinux;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Advisories.AzureLinux;

public sealed class AzureLinuxFeedTests
{
    private const string Three = "azurelinux/azurelinux-3.0-oval.xml", Two = "azurelinux/cbl-mariner-2.0-oval.xml";

    [Fact]
    public async Task ABuiltPackageIsAffectedByItsSourceBelowTheFixInItsReleaseOnly()
    {
        await using var rig = await RigAsync(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3"), new OvalFile("cbl-mariner").Add("2", "CVE-2026-0002", "curl", "0:8.8.0-9.cm2"));
        foreach (var (version, release) in (IEnumerable<(string, string)>)[("8.8.0-5.azl3", "3.0"), ("8.8.0-6.azl3", "3.0"), ("8.8.0-5.cm2", "2.0"), ("8.8.0-9.cm2", "2.0")])
        {
            var distribution = new Distribution(release == "3.0" ? "azurelinux" : "mariner", release);
            var identity = ComponentIdentity.Of(new FoundPackage("rpm", "curl-libs", version, SourceName: "curl"), distribution);
            await rig.AddComponentAsync(identity.Ecosystem, identity.AdvisoryName, identity.AdvisoryVersion);
        }

        var state = await RunAsync(rig);

        Assert.Equal((FeedStatus.Ready, 2, 0), (state.Status, state.Records, state.Rejected));
        Assert.Equal(["curl 8.8.0-5.azl3 CVE-2026-0001 Affected 8.8.0-6.azl3", "curl 8.8.0-5.cm2 CVE-2026-0002 Affected 8.8.0-9.cm2"], await rig.MatchAsync());
        Assert.Equal(["AZL-1", "AZL-2"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task UnfixedHoldsUpToTheVersionThatIsNamedAndWhatDoesNotApplyIsLeftOut()
    {
        await using var rig = await RigAsync(new OvalFile()
            .Add("1", "CVE-2014-8139", "unzip", "0:6.0-19.azl3", "less than or equal", "false").Add("2", "CVE-2014-0001", "unzip", "0:9.0-1.azl3", patchable: "Not Applicable")
            .Add("3", "CVE-2014-0002", "unzip", "0:6.0-19.azl3", "greater than"));
        foreach (var version in (string[])["6.0-18.azl3", "6.0-19.azl3", "6.0-19.1.azl3", "1:1.0-1.azl3"])
        {
            await rig.AddComponentAsync("Azure Linux:3", "unzip", version);
        }

        await RunAsync(rig);

        Assert.Equal(
            [
                "unzip 1:1.0-1.azl3 CVE-2014-0002 Affected ", "unzip 6.0-18.azl3 CVE-2014-8139 Affected ", "unzip 6.0-19.1.azl3 CVE-2014-0002 Affected ", "unzip 6.0-19.azl3 CVE-2014-8139 Affected ",
            ], await rig.MatchAsync());
    }

    [Fact]
    public async Task OsvsCopyOfTheSameIsReplacedAndWhatTheDefinitionsDropGoes()
    {
        await using var rig = await RigAsync();
        rig.Folder.Add("Azure Linux:3", "curl", "AZL-1", "8.8.0-4.azl3", "CVE-2026-0001").Add("Azure Linux:3", "curl", "AZL-7", "8.8.0-9.azl3", "CVE-2026-0007");
        await rig.AddComponentAsync("Azure Linux:3", "curl", "8.8.0-3.azl3");
        var copied = await RunAsync(rig);
        Assert.Equal((FeedStatus.Ready, 2), (copied.Status, copied.Records));

        rig.Folder.AddFile(Three, new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3", date: "2020-01-01T00:00:00Z").ToString());
        rig.Folder.AddFile(Two, new OvalFile("cbl-mariner").Add("2", "CVE-2026-0002", "curl", "0:8.8.0-9.cm2").ToString());
        await RunAsync(rig);

        Assert.Equal(["AZL-1", "AZL-2"], await rig.AdvisoryIdsAsync());
        Assert.Equal(["curl 8.8.0-3.azl3 CVE-2026-0001 Affected 8.8.0-6.azl3"], await rig.MatchAsync());
    }

    [Fact]
    public async Task AReleaseWithoutDefinitionsIsStillKnownFromTheCopy()
    {
        await using var rig = await RigAsync(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3"), two: null);
        rig.Folder.Add("Azure Linux:3", "curl", "AZL-7", "8.8.0-9.azl3", "CVE-2026-0007").Add("Azure Linux:2", "curl", "AZL-8", "8.8.0-9.cm2", "CVE-2026-0008");

        await RunAsync(rig);

        Assert.Equal(["AZL-1", "AZL-8"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task DefinitionsThatAreGoneOrBrokenLeaveTheLastGoodDataInUse()
    {
        await using var rig = await RigAsync(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3"));
        rig.Folder.Add("Azure Linux:3", "curl", "AZL-7", "8.8.0-9.azl3", "CVE-2026-0007");
        await RunAsync(rig);

        rig.Folder.AddFile(Three, "<oval_definitions><definitions>");
        var broken = await RunAsync(rig);
        File.Delete(Path.Combine(rig.Folder.Path, Three));
        var gone = await RunAsync(rig);

        Assert.Equal(FeedStatus.Failing, broken.Status);
        Assert.Contains("can't be read", broken.LastError, StringComparison.Ordinal);
        Assert.Equal((FeedStatus.Failing, "The folder has no azurelinux/azurelinux-3.0-oval.xml."), (gone.Status, gone.LastError));
        Assert.Equal(["AZL-1", "AZL-2"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task WhatCannotBeReadIsCountedAndStaysAsItWasAndOneAdvisoryOnTwoReleasesIsOneRecord()
    {
        await using var rig = await RigAsync(
            new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3").Add("3", "CVE-2026-0003", "zlib", "0:1-1.azl3"), new OvalFile("cbl-mariner").Add("1", "CVE-2026-0001", "curl", "0:8.8.0-9.cm2"));
        await RunAsync(rig);
        Assert.Equal(["Azure Linux:2/curl", "Azure Linux:3/curl"], await rig.PackagesAsync("AZL-1"));

        rig.Folder.AddFile(Three, new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3").Add("3", "CVE-2026-0003", "zlib", "0:1-1.azl3", "pattern match")
            .Add("4", "ELSA-4", "zlib", "0:1-1.azl3").Add("x", "CVE-2026-0005", "zlib", "0:1-1.azl3", advisoryId: "x").ToString());
        var state = await RunAsync(rig);

        Assert.Equal((FeedStatus.Ready, 1, 3), (state.Status, state.Records, state.Rejected));
        Assert.Equal(["AZL-1", "AZL-3"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task FromTheWebBothFilesAreAskedForOnlyIfChanged()
    {
        var bucket = new FakeBucket(request => request.Headers.IfNoneMatch.Count > 0 ? new HttpResponseMessage(HttpStatusCode.NotModified)
            : FakeBucket.Answer(Encoding.UTF8.GetBytes(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3").ToString()), "\"v1\""));
        await using var rig = await AdvisoryRig.CreateAsync();
        var feed = new AzureLinuxFeed(bucket.Source(AdvisoryOptions.PublicBucket), bucket.Options, rig.Clock);

        await rig.Runner.RunAsync(feed, CancellationToken.None);
        await rig.Runner.RunAsync(feed, CancellationToken.None);

        const string folder = "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/";
        Assert.Equal([$"{folder}azurelinux-3.0-oval.xml", $"{folder}cbl-mariner-2.0-oval.xml"], bucket.Asked[..2].Select(request => request.RequestUri!.AbsoluteUri));
        Assert.Equal(["\"v1\"", "\"v1\""], bucket.Asked[2..].Select(request => request.Headers.IfNoneMatch.ToString()));
        Assert.Equal(FeedStatus.Ready, (await rig.FeedAsync("Azure Linux")).Status);
    }

    private static async Task<AdvisoryRig> RigAsync() => await AdvisoryRig.CreateAsync();

    private static Task<AdvisoryRig> RigAsync(OvalFile three) => RigAsync(three, new OvalFile("cbl-mariner").Add("2", "CVE-2026-0002", "curl", "0:8.8.0-9.cm2"));

    private static async Task<AdvisoryRig> RigAsync(OvalFile three, OvalFile? two)
    {
        var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.AddFile(Three, three.ToString());
        if (two is not null)
        {
            rig.Folder.AddFile(Two, two.ToString());
        }

        return rig;
    }

    private static async Task<FeedState> RunAsync(AdvisoryRig rig)
    {
        await rig.Runner.RunAsync(new AzureLinuxFeed(rig.Files, rig.Options, rig.Clock), CancellationToken.None);
        return await rig.FeedAsync("Azure Linux");
    }
}
