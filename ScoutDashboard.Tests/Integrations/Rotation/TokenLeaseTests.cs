using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>The right to a token is its holder's while they live and work, and soon another's when they died.</summary>
public sealed class TokenLeaseTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    [Fact]
    public async Task WhoLivesKeepsItForAsLongAsAzureTakes()
    {
        var ticket = await BeginAsync();
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(20); passed += TokenLease.Beat)
        {
            await BeatAsync(ticket!.Lease);
            Assert.Null(await BeginAsync());
        }
    }

    [Fact]
    public async Task WhoDiedIsFollowedWithinTwoMinutes()
    {
        var ticket = await BeginAsync();
        await ticket!.Lease.DisposeAsync();
        await using var db = _rig.Room.Database.CreateDbContext();
        // As kill -9 leaves it.
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingBy, ticket.Lease.Holder).SetProperty(i => i.RotatingUntil, ticket.Lease.Until));
        _rig.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await BeginAsync());

        _rig.Room.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(await BeginAsync());
    }

    [Fact]
    public async Task WhatNobodyEverGivesBackIsHeldForHalfAnHour()
    {
        var ticket = await BeginAsync();
        for (var passed = TimeSpan.Zero; passed <= TokenLease.Longest; passed += TokenLease.Beat)
        {
            await BeatAsync(ticket!.Lease);
        }

        _rig.Room.Clock.Advance(TokenLease.Life);

        Assert.NotNull(await BeginAsync());
    }

    [Fact]
    public async Task WhoLostItRenewsNothingAndHasNoPasswordMade()
    {
        var ticket = await BeginAsync();
        var other = await FollowAsync();
        _rig.Room.Clock.Advance(TokenLease.Beat);
        await ticket!.Lease.Renewal;
        Assert.False(await ticket.Lease.RenewAsync(default));

        var last = await _rig.Room.Rotation(_rig.Clients).RunAsync(_rig.Clients, ticket, null, null, default).LastAsync();

        Assert.Equal((ConnectionStepState.Failed, "It took too long: another rotates the token by now."), (last.State, last.Detail));
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal(other, (await _rig.Room.RowAsync(_rig.Id)).RotatingBy);
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        await _rig.StoreAsync("password1", null);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private Task<RotationTicket?> BeginAsync() => _rig.Room.Ledger.BeginAsync(TestActor.Administrator, _rig.Id, default);

    private async Task BeatAsync(TokenLease lease)
    {
        _rig.Room.Clock.Advance(TokenLease.Beat);
        await lease.Renewal;
    }

    private async Task<string> FollowAsync()
    {
        await using var db = _rig.Room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, (DateTime?)null));
        return (await BeginAsync())!.Lease.Holder;
    }
}
