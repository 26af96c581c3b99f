using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class RuntimePackTests
{
    [Fact]
    public async Task WhatIsSaidOfOnePlatformsRuntimeHoldsForAllButAnotherRuntimeAndOtherPackages()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AdvisoryAsync(database, "GHSA-hole", ("Microsoft.NetCore.App.Runtime.linux-arm", "8.0.5"));
        await AdvisoryAsync(database, "GHSA-other", ("Microsoft.NETCore.App", "8.0.9"));
        await ComponentAsync(database, "Microsoft.NETCore.App.Runtime.linux-musl-x64", "8.0.1");
        await ComponentAsync(database, "Microsoft.AspNetCore.App.Runtime.linux-x64", "8.0.1");
        await ComponentAsync(database, "Microsoft.NETCore.App.Runtime.Mono.linux-arm", "8.0.1");

        Assert.Equal(["Microsoft.NETCore.App.Runtime.linux-musl-x64 GHSA-hole 8.0.5"], await MatchAsync(database));
    }

    [Fact]
    public async Task ThePlatformsOwnWordCountsBeforeThatOfOthers()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AdvisoryAsync(database, "CVE-2026-1", ("Microsoft.NETCore.App.Runtime.win-x64", "8.0.9"), ("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.5"));
        await ComponentAsync(database, "Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1");

        Assert.Equal(["Microsoft.NETCore.App.Runtime.linux-x64 CVE-2026-1 8.0.5"], await MatchAsync(database));
    }

    [Fact]
    public void AnAdvisoryOnOnePlatformMarksTheComponentsOfAll()
    {
        Assert.Contains("microsoft.aspnetcore.app.runtime.linux-x64", AdvisoryNames.MayMean("NuGet", "microsoft.aspnetcore.app.runtime.win-x86"));
        Assert.Equal(["newtonsoft.json"], AdvisoryNames.MayMean("NuGet", "newtonsoft.json"));
    }

    [Theory]
    [InlineData("microsoft.netcore.app.runtime.linux-musl-riscv64", true)]
    [InlineData("microsoft.netcore.app.runtime.fedora.42-x64", true)]
    [InlineData("microsoft.windowsdesktop.app.runtime.win-arm64", true)]
    [InlineData("microsoft.netcore.app.runtime.mono.linux-arm", false)]
    [InlineData("microsoft.netcore.app.runtime.mono.llvm.aot.linux-x64", false)]
    [InlineData("microsoft.netcore.app.runtime.nativeaot.linux-x64", false)]
    [InlineData("microsoft.netcore.app.runtime.linux", false)]
    [InlineData("microsoft.netcore.app.runtime.-x64", false)]
    [InlineData("microsoft.netcore.app.host.linux-x64", false)]
    public void ARuntimeIsAskedForUnderAllPlatformsWhicheverItsOwnIs(string name, bool isRuntime)
    {
        var under = AdvisoryNames.Under("NuGet", name).ToList();

        Assert.Equal(name, under[0]);
        Assert.Equal(isRuntime, under.Contains(string.Concat(name.AsSpan(0, name.IndexOf(".runtime.", StringComparison.Ordinal) is var at and > 0 ? at : 0), ".runtime.linux-x64")));
        Assert.Equal(under.Distinct(), under);
    }

    private static async Task<List<string>> MatchAsync(TestDatabase database)
    {
        using var service = new FindingService(database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        await service.MatchPendingAsync(CancellationToken.None);
        await using var db = database.CreateDbContext();
        return await db.Findings.Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => c.Name + " " + f.VulnerabilityId + " " + f.FixedVersion).ToListAsync();
    }

    private static async Task AdvisoryAsync(TestDatabase database, string id, params (string Name, string Fixed)[] packages)
    {
        var affected = packages.Select(package => $$"""
            {"package":{"ecosystem":"NuGet","name":"{{package.Name}}"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"8.0.0"},{"fixed":"{{package.Fixed}}"}]}]}
            """);
        var json = $$"""{"id":"{{id}}","modified":"2026-01-01T00:00:00Z","affected":[{{string.Join(',', affected)}}]}""";
        await using var db = database.CreateDbContext();
        db.Add(new Advisory { Id = id, Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)) });
        db.AddRange(packages.Select(package => new AffectedPackage { AdvisoryId = id, Ecosystem = "NuGet", EcosystemBase = "NuGet", Name = AdvisoryNames.Normalise("NuGet", package.Name) }));
        await db.SaveChangesAsync();
    }

    private static async Task ComponentAsync(TestDatabase database, string name, string version)
    {
        var identity = ComponentIdentity.Of(new FoundPackage("nuget", name, version), null);
        await using var db = database.CreateDbContext();
        db.Add(new Component
        {
            Purl = identity.Purl, Type = identity.Type, Ecosystem = identity.Ecosystem, EcosystemBase = identity.EcosystemBase, Name = identity.Name, Version = identity.Version,
            AdvisoryName = identity.AdvisoryName, AdvisoryVersion = identity.AdvisoryVersion,
        });
        await db.SaveChangesAsync();
    }
}
