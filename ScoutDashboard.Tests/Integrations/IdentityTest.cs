using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>A registry that was added, and the dashboard's identity to sign in to it by.</summary>
public abstract class IdentityTest : IAsyncLifetime, IAsyncDisposable
{
    private protected static readonly TimeProvider Clock = TimeProvider.System;

    private protected readonly EntraDouble _entra = new(Clock);
    private protected readonly AcrExchange _exchange = new(Clock);
    private protected readonly AcrDouble _acr;
    private protected IntegrationRoom _room = null!;
    private protected long _id;

    private protected IdentityTest() => _acr = new AcrDouble { Identities = _exchange };

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr, azure: _entra.Clients());
        _id = await _room.AddAsync("contoso.azurecr.io");
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        _acr.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task PlaceAsync() => SetAsync(set => set.SetProperty(i => i.AzureSubscription, ArmWorld.First).SetProperty(i => i.ResourceGroup, "rg1").SetProperty(i => i.Location, "westeurope"));

    private protected async Task SetAsync(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Integration>> set)
    {
        await using var db = _room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set);
    }

    private protected Task<List<ConnectionStep>> EnableAsync() => EndAsync(_room.Connections.EnableIdentityAsync(TestActor.Administrator, _id, default));

    private protected Task<List<ConnectionStep>> TestAsync() => EndAsync(_room.Connections.TestAsync(TestActor.Administrator, _id, default));

    private static async Task<List<ConnectionStep>> EndAsync(IAsyncEnumerable<ConnectionStep> steps) => await steps.Where(step => step.State != ConnectionStepState.Running).ToListAsync();
}
