using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Reports;
using static ScoutDashboard.Tests.Advisories.DotNet.DotNetFiles;

namespace ScoutDashboard.Tests.Advisories.DotNet;

public sealed class SupportEndTests : IAsyncLifetime
{
    private AdvisoryRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await AdvisoryRig.CreateAsync();
        Write(("8.0", "active", "2026-11-10"), ("7.0", "eol", null), ("6.0", "eol", "2024-11-12"), ("3.1", "maintenance", "2020-01-01"), ("2.1", "eol", "2021-08-21"));
        _rig.Folder.Add("NuGet", "other", "GHSA-1", "1.0.0");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AnImageTellsWhichOfItsRuntimesAreNoLongerSupportedAndOthersAreNotTakenForThese()
    {
        var seed = new ReportSeed(_rig.Database);
        var image = await seed.ImageAsync(await _rig.Database.AddRepositoryAsync(), "image");
        foreach (var (name, version) in (IEnumerable<(string, string)>)
        [
            ("microsoft.netcore.app.runtime.linux-x64", "6.0.36"), ("microsoft.aspnetcore.app.runtime.linux-x64", "6.0.36"), ("microsoft.netcore.app.runtime.linux-x64", "8.0.1"),
            ("microsoft.netcore.app.runtime.linux-x64", "2.1.30"), ("microsoft.netcore.app.runtime.linux-x64", "7.0.0"), ("microsoft.netcore.app.runtime.linux-x64", "3.1.0"),
            ("microsoft.netcore.app.runtime.linux-x64", "16.0.1"), ("system.text.json", "6.0.0"), ("microsoft.netcore.app.ref", "6.0.0"),
        ])
        {
            await seed.PackagesAsync(image, 0, (await _rig.AddComponentAsync("NuGet", name, version), "usr/share/dotnet"));
        }

        await _rig.ListAsync(await _rig.AddComponentAsync("NuGet", "microsoft.netcore.app.runtime.win-x64", "6.0.1"), ListedOnly.Declared);
        await RunAsync();

        var view = (await new ImageReport(_rig.Database, TimeProvider.System).FindAsync(1, image, default))!;
        Assert.Equal(
            [
                ("2.1", new DateTime(2021, 8, 21, 0, 0, 0, DateTimeKind.Utc), "microsoft.netcore.app.runtime.linux-x64 2.1.30"),
                ("6.0", new DateTime(2024, 11, 12, 0, 0, 0, DateTimeKind.Utc), "microsoft.aspnetcore.app.runtime.linux-x64 6.0.36"),
                ("6.0", new DateTime(2024, 11, 12, 0, 0, 0, DateTimeKind.Utc), "microsoft.netcore.app.runtime.linux-x64 6.0.36"),
                ("7.0", (DateTime?)null, "microsoft.netcore.app.runtime.linux-x64 7.0.0"),
            ],
            view.Unsupported.Select(package => (package.Channel, package.EndedOn, $"{package.Name} {package.Version}")));
        await using var db = _rig.Database.CreateDbContext();
        Assert.Empty(await db.Findings.ToListAsync());
    }

    [Fact]
    public async Task WhatTheIndexNoLongerCallsEndedIsForgottenAndAnOlderNoteIsNoReasonToRest()
    {
        await RunAsync();
        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal(9, await db.SupportEnds.CountAsync());

        // As a version left it that did not keep the ends of support.
        await db.SupportEnds.ExecuteDeleteAsync();
        await db.Feeds.Where(f => f.Key == DotNetFeed.Key).ExecuteUpdateAsync(set => set.SetProperty(f => f.Position, f => f.Position!.Replace("true", "false")));
        await RunAsync();
        Assert.Equal(9, await db.SupportEnds.CountAsync());

        Write(("8.0", "active", "2026-11-10"), ("6.0", "eol", "2024-11-12"));
        await RunAsync();
        Assert.Equal(["6.0"], await db.SupportEnds.Select(end => end.Channel).Distinct().ToListAsync());
    }

    [Fact]
    public async Task WithoutADatabaseTheEndOfSupportIsAGapAndNoVulnerability()
    {
        const string runtime = "microsoft.netcore.app.runtime.linux-x64";
        MatchSubject[] subjects = [new("pkg:nuget/old", "NuGet", runtime, "6.0.36", null), new("pkg:nuget/new", "NuGet", runtime, "8.0.1", null), new("pkg:nuget/other", "NuGet", "system.text.json", "6.0.0", null)];

        var findings = await StandaloneMatcher.MatchAsync(_rig.Folder.Path, new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), subjects, default);

        Assert.Equal(
            new ScanGap(ScanGapKind.NoAdvisories, "", $"Support of .NET 6.0 ended on 2024-11-12: no advisory will tell of vulnerabilities found since in {runtime} 6.0.36."), Assert.Single(findings.Unmatched));
        Assert.All(findings.ByPurl.Values, Assert.Empty);
    }

    private Task RunAsync() => _rig.Runner.RunAsync(new DotNetFeed(_rig.Files, _rig.Options, _rig.Clock), CancellationToken.None);

    private void Write(params (string Channel, string Phase, string? EndsOn)[] channels)
    {
        _rig.Folder.AddFile("dotnet/releases-index.json", Index(channels));
        foreach (var (channel, _, _) in channels)
        {
            _rig.Folder.AddFile($"dotnet/{channel}/releases.json", Channel(channel, Release($"{channel}.1", "2021-01-01")));
        }
    }
}
