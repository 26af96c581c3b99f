using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Msrc;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using static ScoutDashboard.Tests.Advisories.Msrc.MsrcFiles;

namespace ScoutDashboard.Tests.Advisories.Msrc;

public sealed class MsrcFeedTests
{
    private const string Cve = "CVE-2026-0001";
    private static readonly object Everywhere = Vulnerability(Cve, ("10.0.20348.5020", [Desktop2022, Core2022]), ("10.0.26100.32690", [Desktop2025, Core2025]));

    [Fact]
    public async Task ServerCoreBelowTheBuildIsAffectedAndWhatMayBeNanoServerIsUndecided()
    {
        await using var rig = await RigAsync(("2026-Sep", Document("2026-Sep", Everywhere)));
        foreach (var (version, size) in (IEnumerable<(string, long)>)[("10.0.20348.5019", 1L << 31), ("10.0.20348.5020", 1L << 31), ("10.0.20348.5019", 1L << 27), ("10.0.20348.5020", 1L << 27), ("10.0.26100.32690", 1L << 31), ("10.0.26100.8246", 1L << 31)])
        {
            var (file, _) = WindowsRelease.Of(new Platform("windows", "amd64", OsVersion: version), size)!.Value;
            var identity = ComponentIdentity.Of(file.Packages[0].Package, null);
            await rig.AddComponentAsync(identity.Ecosystem, identity.AdvisoryName, identity.AdvisoryVersion);
        }

        await RunAsync(rig);

        Assert.Equal(
            [
                $"windows-server 10.0.20348.5019 {Cve} Undecided ", $"windows-server-core 10.0.20348.5019 {Cve} Affected 10.0.20348.5020", $"windows-server-core 10.0.26100.8246 {Cve} Affected 10.0.26100.32690",
            ], await rig.MatchAsync());
        await using var db = rig.Database.CreateDbContext();
        Assert.Equal(
            "Fixed with build 10.0.20348.5020. Microsoft tells it of Windows Server and not of Nano Server; which of both this image is made of is not known.",
            await db.Findings.Where(f => f.Verdict == Verdict.Undecided).Select(f => f.Reason).SingleAsync());
        Assert.All(await db.Findings.ToListAsync(), finding => Assert.Equal((SeverityLevel.High, 7.8), (finding.Severity, finding.Score)));
    }

    [Fact]
    public async Task WhatOnlyTheDesktopGetsIsADoubtForServerCore()
    {
        await using var rig = await RigAsync(("2026-Sep", Document("2026-Sep", Vulnerability(Cve, ("10.0.20348.5020", [Desktop2022])))));
        await rig.AddComponentAsync("Windows:10.0.20348", "windows-server-core", "10.0.20348.5019");

        await RunAsync(rig);

        Assert.Equal([$"windows-server-core 10.0.20348.5019 {Cve} Undecided "], await rig.MatchAsync());
    }

    [Fact]
    public async Task OnlyChangedDocumentsAreFetchedAndWhatOneDropsGoes()
    {
        var files = new Dictionary<string, string>
        {
            ["updates"] = Updates(("2026-Sep", "2026-09-08T07:00:00Z"), ("2026-Aug", "2026-08-11T07:00:00Z")), ["cvrf/2026-Sep"] = Document("2026-Sep", Everywhere),
            ["cvrf/2026-Aug"] = Document("2026-Aug", Vulnerability("CVE-2026-0002", ("10.0.20348.4000", [Core2022])), Vulnerability(Cve, ("10.0.20348.4000", [Core2022]))),
        };
        var service = new FakeBucket(request => FakeBucket.Answer(Encoding.UTF8.GetBytes(files[request.RequestUri!.AbsoluteUri["https://api.msrc.microsoft.com/cvrf/v3.0/".Length..]]), null));
        await using var rig = await AdvisoryRig.CreateAsync();
        var feed = new MsrcFeed(service.Source(AdvisoryOptions.PublicBucket));
        await rig.Runner.RunAsync(feed, CancellationToken.None);
        Assert.Equal(["MSRC-2026-Aug-CVE-2026-0001", "MSRC-2026-Aug-CVE-2026-0002", "MSRC-2026-Sep-CVE-2026-0001"], await rig.AdvisoryIdsAsync());
        service.Asked.Clear();

        files["updates"] = Updates(("2026-Sep", "2026-09-08T07:00:00Z"), ("2026-Aug", "2026-10-01T07:00:00Z"));
        files["cvrf/2026-Aug"] = Document("2026-Aug", Vulnerability("CVE-2026-0002", ("10.0.20348.4000", [Core2022])));
        await rig.Runner.RunAsync(feed, CancellationToken.None);

        Assert.Equal(["/cvrf/v3.0/updates", "/cvrf/v3.0/cvrf/2026-Aug"], service.Asked.Select(request => request.RequestUri!.AbsolutePath));
        Assert.Equal(["MSRC-2026-Aug-CVE-2026-0002", "MSRC-2026-Sep-CVE-2026-0001"], await rig.AdvisoryIdsAsync());
        Assert.Equal((FeedStatus.Ready, 2), ((await rig.FeedAsync(MsrcFeed.Key)).Status, (await rig.FeedAsync(MsrcFeed.Key)).Records));
    }

    [Fact]
    public async Task AnAttemptThatBrokeOffGoesOnBehindWhatIsStored()
    {
        await using var rig = await RigAsync(("2026-Sep", Document("2026-Sep", Everywhere)), ("2026-Aug", "{"));
        var failing = await RunAsync(rig);

        Assert.Equal((FeedStatus.Failing, "The document 2026-Aug is no whole JSON document.", null), (failing.Status, failing.LastError, failing.LastSuccessAt));
        Assert.Equal([$"MSRC-2026-Sep-{Cve}"], await rig.AdvisoryIdsAsync());

        // What is there is not read again.
        rig.Folder.AddFile("msrc/2026-Sep.json", "{").AddFile("msrc/2026-Aug.json", Document("2026-Aug", Vulnerability("CVE-2026-0002", ("10.0.20348.4000", [Core2022]))));
        var ready = await RunAsync(rig);

        Assert.Equal((FeedStatus.Ready, 2), (ready.Status, ready.Records));
        Assert.Equal(["MSRC-2026-Aug-CVE-2026-0002", $"MSRC-2026-Sep-{Cve}"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AFolderWithoutTheListLeavesWindowsUnmatchedNotClean()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("Windows:10.0.20348", "windows-server-core", "10.0.20348.5019");

        var state = await RunAsync(rig);

        Assert.Equal((FeedStatus.Failing, "The folder has no msrc/updates.json.", null), (state.Status, state.LastError, state.LastSuccessAt));
        await using var db = rig.Database.CreateDbContext();
        Assert.Null((await db.Components.SingleAsync()).JudgedAt);
    }

    [Fact]
    public async Task AWindowsThatIsNamedByItsPackageUrlIsMatchedWithoutADatabase()
    {
        await using var rig = await RigAsync(("2026-Sep", Document("2026-Sep", Everywhere)));
        Assert.True(ParsedPackageUrl.TryParse("pkg:generic/microsoft/windows-server-core@10.0.20348.5019", out var purl));
        var (subject, _) = PackageSubject.Of(purl);

        var set = await AdvisorySet.ReadSourceAsync(rig.Folder.Path, new ConfigurationBuilder().Build(), [subject!], CancellationToken.None);

        Assert.Equal([(Cve, "10.0.20348.5020")], set.Match(subject!).Found!.Select(found => (found.Id, found.FixedVersion)));
    }

    [Theory]
    [InlineData("MSRC-2026-Sep-CVE-2026-0001", "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2026-0001")]
    [InlineData("DOTNET-CVE-2026-0001", "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2026-0001")]
    [InlineData("GHSA-1", "https://osv.dev/vulnerability/GHSA-1")]
    [InlineData("CVE-2026-0001", "https://osv.dev/vulnerability/CVE-2026-0001")]
    public void AnAdvisoryThatOsvDoesNotHaveIsShownWhereItIs(string id, string page) => Assert.Equal(page, AdvisoryDatabase.PageOf(id));

    [Fact]
    public async Task TheServiceIsAskedForJson()
    {
        await using var services = new ServiceCollection().AddScoutAdvisories(new ConfigurationBuilder().Build()).BuildServiceProvider();

        Assert.Equal("application/json", services.GetRequiredService<IHttpClientFactory>().CreateClient(FeedDownloader.ClientName).DefaultRequestHeaders.Accept.First().MediaType);
    }

    private static async Task<AdvisoryRig> RigAsync(params (string Id, string Document)[] documents)
    {
        var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.AddFile("msrc/updates.json", Updates([.. documents.Select(document => (document.Id, document.Id == "2026-Sep" ? "2026-09-08T07:00:00Z" : "2026-08-11T07:00:00Z"))]));
        foreach (var (id, document) in documents)
        {
            rig.Folder.AddFile($"msrc/{id}.json", document);
        }

        return rig;
    }

    private static async Task<FeedState> RunAsync(AdvisoryRig rig)
    {
        await rig.Runner.RunAsync(new MsrcFeed(rig.Files), CancellationToken.None);
        return await rig.FeedAsync(MsrcFeed.Key);
    }
}
