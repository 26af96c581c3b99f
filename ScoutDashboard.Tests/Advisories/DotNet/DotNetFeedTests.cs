using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Data;
using static ScoutDashboard.Tests.Advisories.DotNet.DotNetFiles;

namespace ScoutDashboard.Tests.Advisories.DotNet;

public sealed class DotNetFeedTests
{
    private const string Core = "microsoft.netcore.app.runtime.linux-musl-x64";
    private const string AspNetCore = "microsoft.aspnetcore.app.runtime.linux-musl-x64";
    private const string Cve = "CVE-2024-0001";

    [Fact]
    public async Task WhatNoAdvisoryTellsOfIsUndecidedInAllRuntimesBelowTheFixAndNothingFromItOn()
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", "8.0.10", "8.0.10", null, Cve), Release("8.0.8", "2024-08-13")));
        foreach (var version in (string[])["8.0.0-preview.1.23110.8", "8.0.8", "8.0.10", "9.0.0-preview.1", "7.0.20"])
        {
            await rig.AddComponentAsync("NuGet", Core, version);
        }

        await rig.AddComponentAsync("NuGet", AspNetCore, "8.0.8");
        await rig.AddComponentAsync("NuGet", "microsoft.windowsdesktop.app.runtime.win-x64", "8.0.8");
        await rig.AddComponentAsync("NuGet", "system.text.json", "8.0.8");

        await rig.RunAsync();

        Assert.Equal(
            [$"{AspNetCore} 8.0.8 {Cve} Undecided ", $"{Core} 8.0.0-preview.1.23110.8 {Cve} Undecided ", $"{Core} 8.0.8 {Cve} Undecided "], await rig.Rig.MatchAsync());
        Assert.All(await rig.ReasonsAsync(), reason => Assert.Equal("Microsoft lists this as fixed with .NET 8.0.10, not in which part of it.", reason));
    }

    [Fact]
    public async Task AnAdvisoryThatNamesOneRuntimeSpeaksForBoth()
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve), Release("8.0.8", "2024-08-13")));
        await rig.AddComponentAsync("NuGet", Core, "8.0.8");
        await rig.AddComponentAsync("NuGet", Core, "8.0.9");
        await rig.AddComponentAsync("NuGet", AspNetCore, "8.0.8");
        rig.Rig.Folder.Add("NuGet", "GHSA-1", Home("Microsoft.NetCore.App.Runtime.linux-arm", "8.0.0", "8.0.9"));

        await rig.RunAsync();

        // Its own end of the range, too: the release that Microsoft lists is a later one.
        Assert.Equal([$"{Core} 8.0.8 {Cve} Affected 8.0.9"], await rig.Rig.MatchAsync());
        Assert.Equal(["GHSA-1"], await rig.Rig.AdvisoryIdsAsync());
    }

    [Theory]
    [InlineData("System.Text.Json", "GHSA-1 names the package System.Text.Json, which this runtime may hold, too.", null)]
    [InlineData("Microsoft.AspNetCore.Components", null, "GHSA-1 names the package Microsoft.AspNetCore.Components, which this runtime may hold, too.")]
    [InlineData("Microsoft.Data.SqlClient", null, null)]
    [InlineData("System.Data.SqlClient", null, null)]
    [InlineData("Microsoft.Build.Tasks.Core", null, null)]
    public async Task AnAdvisoryOnAnotherPackageLeavesADoubtOnlyWhereTheRuntimeMayHoldIt(string package, string? core, string? aspNetCore)
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve), Release("8.0.8", "2024-08-13")));
        await rig.AddComponentAsync("NuGet", Core, "8.0.8");
        await rig.AddComponentAsync("NuGet", AspNetCore, "8.0.8");
        rig.Rig.Folder.Add("NuGet", "GHSA-1", Home(package, "8.0.0", "8.0.5"));

        await rig.RunAsync();

        await rig.Rig.MatchAsync();
        const string listed = "Microsoft lists this as fixed with .NET 8.0.10; ";
        Assert.Equal(
            ((string?[])[aspNetCore is null ? null : listed + aspNetCore, core is null ? null : listed + core]).OfType<string>(), await rig.ReasonsAsync());
    }

    [Fact]
    public async Task AnAdvisoryThatLeavesAChannelOutLeavesADoubtThereAndTheEndOfSupportIsTold()
    {
        await using var rig = await RigAsync(
            Channel("8.0", Release("8.0.10", "2024-10-08", Cve)), Channel("6.0", "2024-11-12", [Release("6.0.35", "2024-10-08", Cve), Release("6.0.1", "2021-12-14")]));
        await rig.AddComponentAsync("NuGet", Core, "6.0.1");
        await rig.AddComponentAsync("NuGet", Core, "8.0.1");
        rig.Rig.Folder.Add("NuGet", "GHSA-1", Home("Microsoft.NetCore.App.Runtime.linux-x64", "8.0.0", "8.0.10"));

        await rig.RunAsync();

        Assert.Equal([$"{Core} 6.0.1 {Cve} Undecided ", $"{Core} 8.0.1 {Cve} Affected 8.0.10"], await rig.Rig.MatchAsync());
        Assert.Equal(
            "Microsoft lists this as fixed with .NET 6.0.35; GHSA-1 names this runtime, but none of its versions 6.0. Support of .NET 6.0 ended on 2024-11-12: what was found later is not listed.",
            (await rig.ReasonsAsync())[0]);
    }

    [Fact]
    public async Task AnAdvisoryThatComesLaterTakesTheDoubtAwayAndOneThatIsWithdrawnBringsItBack()
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve)));
        await rig.AddComponentAsync("NuGet", Core, "8.0.8");
        await rig.RunAsync();
        Assert.Equal(["DOTNET-" + Cve], await rig.Rig.AdvisoryIdsAsync());

        rig.Rig.Folder.Add("NuGet", "GHSA-1", Home("Microsoft.NetCore.App.Runtime.linux-x64", "8.0.0", "8.0.10"));
        await rig.RunAsync();
        Assert.Equal(["GHSA-1"], await rig.Rig.AdvisoryIdsAsync());
        Assert.Equal(0, (await rig.Rig.FeedAsync(DotNetFeed.Key)).Records);

        rig.Rig.Folder.Add("NuGet", "GHSA-1", Home("Microsoft.NetCore.App.Runtime.linux-x64", "8.0.0", "8.0.10", """ "withdrawn": "2026-11-19T00:00:00Z", """));
        await rig.RunAsync();
        Assert.Equal(["DOTNET-" + Cve, "GHSA-1"], await rig.Rig.AdvisoryIdsAsync());
        Assert.Equal([$"{Core} 8.0.8 {Cve} Undecided "], await rig.Rig.MatchAsync());
    }

    [Fact]
    public async Task ARecordWhoseTextChangedIsStoredThoughItsDateIsTheSameAndOneThatDidNotIsNot()
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve, "CVE-2024-0002")));
        await rig.AddComponentAsync("NuGet", Core, "8.0.8");
        await rig.RunAsync();
        await rig.Rig.TakeMarkedAsync();

        // Another advisory was changed; it says nothing new of these.
        rig.Rig.Folder.Add("NuGet", "a", "GHSA-2", "1.0.0", "CVE-2020-0001");
        await rig.RunAsync();
        Assert.Empty(await rig.Rig.TakeMarkedAsync());

        rig.Rig.Folder.AddFile("dotnet/8.0/releases.json", Channel("8.0", Release("8.0.11", "2024-10-08", Cve, "CVE-2024-0002")));
        await rig.RunAsync();
        Assert.Equal([Core], await rig.Rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task AMissingOrBrokenListLeavesTheLastGoodDataInUse()
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve)));
        await rig.AddComponentAsync("NuGet", Core, "8.0.8");
        await rig.RunAsync();
        var tag = (await rig.Rig.FeedAsync(DotNetFeed.Key)).Position;

        rig.Rig.Folder.AddFile("dotnet/8.0/releases.json", "{\"channel-version\": \"8.0\", ");
        var broken = await rig.RunAsync();
        File.Delete(Path.Combine(rig.Rig.Folder.Path, "dotnet", "8.0", "releases.json"));
        var missing = await rig.RunAsync();

        Assert.Equal((FeedStatus.Failing, "The list of releases of .NET 8.0 is no whole JSON document."), (broken.Status, broken.LastError));
        Assert.Equal((FeedStatus.Failing, "The folder has no dotnet/8.0/releases.json.", tag), (missing.Status, missing.LastError, missing.Position));
        Assert.Equal(["DOTNET-" + Cve], await rig.Rig.AdvisoryIdsAsync());
    }

    [Theory]
    [InlineData("NuGet", "newtonsoft.json", false)]
    [InlineData("npm", Core, false)]
    [InlineData("NuGet", AspNetCore, true)]
    public async Task OnlyARuntimeNeedsTheLists(string ecosystem, string name, bool needed)
    {
        await using var rig = await RigAsync(Channel("8.0", Release("8.0.10", "2024-10-08", Cve)));
        await rig.AddComponentAsync(ecosystem, name, "8.0.8");
        await using var db = rig.Rig.Database.CreateDbContext();

        Assert.Equal(needed, await rig.Feed.IsNeededAsync(db, CancellationToken.None));
    }

    [Fact]
    public async Task TheListsLieBesideTheIndexWhateverItSaysAndAreAskedForOnlyIfChanged()
    {
        var files = new Dictionary<string, string> { ["/dotnet/release-metadata/releases-index.json"] = Index("8.0"), ["/dotnet/release-metadata/8.0/releases.json"] = Channel("8.0", Release("8.0.10", "2024-10-08", Cve)) };
        var bucket = new FakeBucket(request => request.Headers.IfNoneMatch.Count > 0 ? new HttpResponseMessage(HttpStatusCode.NotModified)
            : FakeBucket.Answer(Encoding.UTF8.GetBytes(files[request.RequestUri!.AbsolutePath]), "\"v1\""));
        await using var rig = await AdvisoryRig.CreateAsync();
        var feed = new DotNetFeed(bucket.Source(AdvisoryOptions.PublicBucket), bucket.Options, rig.Clock);

        await rig.Runner.RunAsync(feed, CancellationToken.None);
        await rig.Runner.RunAsync(feed, CancellationToken.None);

        Assert.Equal(FeedStatus.Ready, (await rig.FeedAsync(DotNetFeed.Key)).Status);
        Assert.Equal(4, bucket.Asked.Count);
        Assert.All(bucket.Asked, request => Assert.Equal("builds.dotnet.microsoft.com", request.RequestUri!.Host));
        Assert.Equal(["\"v1\"", "\"v1\""], bucket.Asked[2..].Select(request => request.Headers.IfNoneMatch.ToString()));
    }

    [Fact]
    public async Task AnExportIsAFolderThatTheFeedReads()
    {
        var files = new Dictionary<string, string> { ["/osv/dotnet/releases-index.json"] = Index("8.0"), ["/osv/dotnet/8.0/releases.json"] = Channel("8.0", Release("8.0.10", "2024-10-08", Cve)) };
        var mirror = new FakeBucket(request => FakeBucket.Answer(Encoding.UTF8.GetBytes(files[request.RequestUri!.AbsolutePath]), null));
        var source = mirror.Source("https://mirror.example/osv");
        await using var rig = await AdvisoryRig.CreateAsync();
        Directory.CreateDirectory(Path.Combine(rig.Folder.Path, FeedExport.NotesFolder));

        var exported = new List<string>();
        var export = new FeedExport(source, new FeedDownloader(mirror, mirror.Options, rig.Clock), NullLogger<FeedExport>.Instance);
        await foreach (var file in export.ExportAsync(rig.Folder.Path, [new DotNetFeed(source, mirror.Options, rig.Clock)], CancellationToken.None))
        {
            exported.Add($"{file.Name} {file.Outcome}");
        }

        Assert.Equal(["dotnet/releases-index.json Fetched", "dotnet/8.0/releases.json Fetched"], exported);
        await rig.Runner.RunAsync(new DotNetFeed(rig.Files, rig.Options, rig.Clock), CancellationToken.None);
        Assert.Equal(["DOTNET-" + Cve], await rig.AdvisoryIdsAsync());
    }

    private static string Home(string package, string introduced, string fixedIn, string more = "") => $$"""
        {"id": "GHSA-1", "modified": "2026-11-{{(more.Length > 0 ? 19 : 1)}}T00:00:00Z", "aliases": ["{{Cve}}"], {{more}}
         "affected": [{"package": {"ecosystem": "NuGet", "name": "{{package}}"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "{{introduced}}"}, {"fixed": "{{fixedIn}}"}]}]}]}
        """;

    private static async Task<DotNetRig> RigAsync(params string[] channels)
    {
        var rig = await AdvisoryRig.CreateAsync();
        var names = channels.Select(channel => channel.Split('"')[3]).ToArray();
        rig.Folder.AddFile("dotnet/releases-index.json", Index(names));
        foreach (var (name, channel) in names.Zip(channels))
        {
            rig.Folder.AddFile($"dotnet/{name}/releases.json", channel);
        }

        return new DotNetRig(rig);
    }

    private sealed class DotNetRig(AdvisoryRig rig) : IAsyncDisposable
    {
        public AdvisoryRig Rig => rig;
        public DotNetFeed Feed { get; } = new(rig.Files, rig.Options, rig.Clock);

        public Task<long> AddComponentAsync(string ecosystem, string name, string version) => rig.AddComponentAsync(ecosystem, name, version);

        /// <summary>Loads NuGet's advisories where there are any, then the lists.</summary>
        public async Task<FeedState> RunAsync()
        {
            await rig.Runner.RunAsync(rig.Feeds.Single(feed => feed.Description.Key == "NuGet"), CancellationToken.None);
            await rig.Runner.RunAsync(Feed, CancellationToken.None);
            return await rig.FeedAsync(DotNetFeed.Key);
        }

        public async Task<IReadOnlyList<string>> ReasonsAsync()
        {
            await using var db = rig.Database.CreateDbContext();
            return await db.Findings.Where(f => f.Verdict == Verdict.Undecided).Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => new { c.AdvisoryName, f.Reason })
                .OrderBy(row => row.AdvisoryName).Select(row => row.Reason!).ToListAsync();
        }

        public ValueTask DisposeAsync() => rig.DisposeAsync();
    }
}
