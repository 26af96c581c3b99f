using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Repositories;

public sealed class CatalogSyncTests
{
    private static readonly RepositoryFilter All = new(OrganizationId: 1, IntegrationId: 1, Search: null, Enabled: null);

    [Fact]
    public async Task TenThousandRepositoriesAreListedPageByPageAndStayQuickToRead()
    {
        await using var rig = await RegistryRig.CreateAsync();
        for (var number = 0; number < 10_000; number++)
        {
            rig.Registry[$"team/app-{number:d5}"] = [];
        }

        var progress = new Counts();
        var result = await rig.Get<CatalogSync>().SyncAsync(TestActor.Administrator, 1, progress, CancellationToken.None);
        Assert.Equal(new CatalogResult(10_000, CatalogProblem.None, null), result);
        Assert.Equal(10_000, progress.Seen[^1]);
        Assert.True(progress.Seen.Count > 10);

        var page = await rig.Get<RepositoryService>().ListAsync(All with { Search = "APP-0999" }, page: 0, pageSize: 50, CancellationToken.None);
        Assert.Equal((10, "team/app-09990"), (page.Total, page.Rows[0].Name));
    }

    [Fact]
    public async Task RepositoryThatIsListedNoMoreStaysAndSaysSo()
    {
        await using var rig = await RegistryRig.CreateAsync();
        (rig.Registry["team/app"], rig.Registry["team/old"]) = ([], []);
        await SyncAsync(rig);
        rig.Registry.TryRemove("team/old", out _);
        rig.Jobs.Clock.Advance(TimeSpan.FromHours(1));
        await SyncAsync(rig);
        var page = await rig.Get<RepositoryService>().ListAsync(All, 0, 50, CancellationToken.None);
        Assert.Equal([("team/app", false), ("team/old", true)], page.Rows.Select(r => (r.Name, r.IsGone)));
    }

    [Fact]
    public async Task ListingThatBreaksOffSaysWhyAndKeepsWhatWasKnown()
    {
        await using var rig = await RegistryRig.CreateAsync();
        (rig.Registry["team/app"], rig.Registry["team/b"]) = ([], []);
        await SyncAsync(rig);
        rig.Jobs.Clock.Advance(TimeSpan.FromHours(1));
        rig.Faults["_catalog"] = HttpStatusCode.NotFound;
        var result = await SyncAsync(rig);
        Assert.Equal(CatalogProblem.Unreachable, result.Problem);
        Assert.NotNull(result.Failure);
        var page = await rig.Get<RepositoryService>().ListAsync(All, 0, 50, CancellationToken.None);
        Assert.All(page.Rows, row => Assert.False(row.IsGone));
        Assert.Equal(2, page.Total);
    }

    [Fact]
    public async Task DeniedCatalogueAndEmptyOneAreToldApartFromAList()
    {
        await using var rig = await RegistryRig.CreateAsync();
        Assert.Equal(CatalogProblem.Empty, (await SyncAsync(rig)).Problem);
        rig.Faults["_catalog"] = HttpStatusCode.Forbidden;
        Assert.Equal(CatalogProblem.Denied, (await SyncAsync(rig)).Problem);
    }

    [Fact]
    public async Task ForeignOrganizationListsNothing()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/secret"] = [];
        Assert.Equal(CatalogProblem.NotConnected, (await rig.Get<CatalogSync>().SyncAsync(TestActor.Stranger, 1, new Counts(), CancellationToken.None)).Problem);
        Assert.Equal(0, (await rig.Get<RepositoryService>().ListAsync(All with { OrganizationId = 2 }, 0, 50, CancellationToken.None)).Total);
    }

    [Fact]
    public async Task WhatAListingAddsIsWrittenDownOnceWithWhoAskedAndWhatAddsNothingIsNot()
    {
        await using var rig = await RegistryRig.CreateAsync();
        await SyncAsync(rig);
        Assert.Empty(await LinesAsync(rig));

        for (var number = 0; number < 450; number++)
        {
            rig.Registry[$"team/new-{number:d3}"] = [];
        }

        await SyncAsync(rig);
        await SyncAsync(rig);

        Assert.Equal([("contoso.azurecr.io", "team/new-000, team/new-001, team/new-002, …", TestActor.Administrator.Name)], (await LinesAsync(rig)).Select(line => (line.Subject, line.Detail, line.Name)));
        rig.Registry["team/one"] = [];
        await SyncAsync(rig);
        Assert.Equal("team/one", (await LinesAsync(rig))[^1].Detail);
    }

    private static async Task<List<AuditEntry>> LinesAsync(RegistryRig rig)
    {
        await using var db = await rig.Get<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        return await db.Audit.Where(line => line.Action == AuditAction.RepositoriesFound).OrderBy(line => line.Id).ToListAsync();
    }

    private static Task<CatalogResult> SyncAsync(RegistryRig rig) => rig.Get<CatalogSync>().SyncAsync(TestActor.Administrator, 1, new Counts(), CancellationToken.None);

    private sealed class Counts : IProgress<int>
    {
        public List<int> Seen { get; } = [];

        public void Report(int value) => Seen.Add(value);
    }
}
