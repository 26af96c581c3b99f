using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>Rotations that come by themselves: when, by whom, and that they go on wherever one stopped.</summary>
public sealed class RotationRoundTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    [Theory]
    [InlineData(ConnectionStage.Make, ConnectionStepState.Running)]
    [InlineData(ConnectionStage.Make, ConnectionStepState.Passed)]
    [InlineData(ConnectionStage.Token, ConnectionStepState.Passed)]
    [InlineData(ConnectionStage.Manifest, ConnectionStepState.Passed)]
    [InlineData(ConnectionStage.Store, ConnectionStepState.Passed)]
    public async Task WhereverItStopsThatWhichIsStoredWorksAndTheNextRoundEndsTheSame(ConnectionStage stage, ConnectionStepState state)
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(30));
        var ticket = (await _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default))!;
        // What dies gives nothing back and ends nothing: it is not disposed of.
        var steps = _rig.Room.Rotation(_rig.Clients).RunAsync(_rig.Clients, ticket, null, null, default).GetAsyncEnumerator();
        while (await steps.MoveNextAsync() && (steps.Current.Stage, steps.Current.State) != (stage, state))
        {
        }

        await _rig.AssertStoredWorksAsync();
        await _rig.DueAsync(hours: 0);
        Assert.Equal(stage == ConnectionStage.Store ? "password2" : "password1", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        await _rig.DueAsync(hours: 1);

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal(("password2", "password1", new DateOnly(2027, 11, 24), null, null), (row.TokenPassword, row.OldPassword, row.TokenExpiresOn, row.RotatingUntil, row.RotationFailure));
        await _rig.AssertStoredWorksAsync();
        await _rig.DueAsync(hours: 25);
        Assert.Equal(["password2"], _rig.Passwords.Keys);
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task OneAtATimeRotatesOfAllReplicas()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);
        var tickets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default)));

        Assert.Single(tickets, ticket => ticket is not null);
        Assert.Null(await _rig.Room.Ledger.BeginAsync(TestActor.Administrator, _rig.Id, default));
        Assert.Empty(await _rig.Room.Ledger.ListDueAsync(default));
        Assert.Contains("already", Assert.Single(await _rig.RotateAsync()).Detail, StringComparison.Ordinal);
        Assert.IsType<IssueOutcome.Failed>(await _rig.Room.Issue(_rig.Clients).IssueAsync(TestActor.Administrator, _rig.Id, null, default));
    }

    [Fact]
    public async Task WhoIsLateGivesNothingBackThatAnotherHas()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);
        var late = (await _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default))!;
        await DieAsync();
        var other = await _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default);

        await late.Lease.DisposeAsync();

        Assert.Equal(other!.Lease.Holder, (await _rig.Room.RowAsync(_rig.Id)).RotatingBy);
    }

    [Fact]
    public async Task WhoIsFollowedByAnotherStoresTellsAndRemembersNothing()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);
        var late = (await _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default))!;
        var made = new NextPassword("password2", late.Present!, null);
        await DieAsync();
        var other = (await _rig.Room.Ledger.BeginDueAsync(null, _rig.Id, default))!;

        Assert.False(await _rig.Room.Ledger.RememberAsync(late, "password2", default));
        Assert.Equal(SwitchOutcome.Overtaken, await _rig.Room.Ledger.SwitchAsync(late, made, default));
        await _rig.Room.Ledger.FailAsync(late, "It was late.", "", isForAll: true, default);

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((other.Lease.Holder, "password1", null), (row.RotatingBy, row.TokenPassword, row.RotationFailure));
        Assert.Equal(SwitchOutcome.Done, await _rig.Room.Ledger.SwitchAsync(other, made, default));
    }

    [Theory]
    [InlineData("password1", null, 30, true)]
    [InlineData("password1", null, 31, false)]
    [InlineData("password1", 7, 8, false)]
    [InlineData("password1", 7, 7, true)]
    [InlineData("password1", 0, 1, false)]
    [InlineData(null, null, 1, false)]
    [InlineData(null, 14, 14, true)]
    [InlineData("password1", null, -3, true)]
    [InlineData("password1", null, null, false)]
    public async Task ByItselfARotationComesSoManyDaysBeforeTheLastDay(string? known, int? chosen, int? days, bool expected)
    {
        await _rig.StoreAsync("password1", days is { } left ? RotationRig.Today.AddDays(left) : null, pasted: known is null);
        if (chosen is { } before)
        {
            Assert.True(await _rig.Room.RotationSettings.SetAsync(TestActor.Administrator, _rig.Id, before, default));
        }

        await _rig.DueAsync(hours: 0);

        Assert.Equal(expected, (await _rig.Room.RowAsync(_rig.Id)).TokenPassword == "password2");
        await using var db = _rig.Room.Database.CreateDbContext();
        Assert.Equal(expected ? [("ScoutDashboard", "")] : [], (await db.Audit.Where(e => e.Action == AuditAction.TokenRotated).ToListAsync()).Select(e => (e.Name, e.Address)));
    }

    [Fact]
    public async Task AFailureIsToldAndTriedAgainTheNextDayAndForgottenOnceItIsMended()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(20));
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 403);
        await _rig.DueAsync(hours: 0);
        var need = Assert.Single(await NeedsAsync());
        Assert.Equal((NeedKind.FailedRotation, "contoso.azurecr.io", $"/integrations/acr/{_rig.Id}"), (need.Kind, need.Subject, need.Href));
        Assert.Contains("may not do this", need.Detail, StringComparison.Ordinal);

        var calls = _rig.Arm.Calls.Count;
        await _rig.DueAsync(hours: 22);
        Assert.Equal(calls, _rig.Arm.Calls.Count);
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await _rig.DueAsync(hours: 2);

        Assert.Equal("password2", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        Assert.Empty(await NeedsAsync());
    }

    [Fact]
    public async Task TheNextPasswordLastsAsLongAsTheOneBeforeButNotSoShortThatItIsDueAtOnce()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(20));
        _rig.Arm.World.Now = _rig.Arm.World.Now.AddDays(-70);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", RotationRig.Stored, "2026-12-14T12:00:00Z");
        _rig.Arm.World.Now = _rig.Arm.World.Now.AddDays(70);

        await _rig.DueAsync(hours: 0);

        Assert.Equal(RotationRig.Today.AddDays(90), (await _rig.Room.RowAsync(_rig.Id)).TokenExpiresOn);
        Assert.Equal(RotationRig.Today.AddDays(60), Rotations.NextEnd(RotationRig.Today, TimeSpan.FromDays(3), 30));
        Assert.Equal(RotationRig.Today.AddDays(365), Rotations.NextEnd(RotationRig.Today, null, 30));
    }

    [Fact]
    public async Task AnOldPasswordThatAzureDoesNotEndIsToldAndTriedAgain()
    {
        await _rig.StoreAsync("password1", null);
        await _rig.RotateAsync();
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "PATCH", 403);
        await _rig.DueAsync(hours: 25);
        Assert.StartsWith("The old password password1 could not be ended in Azure:", (await _rig.Room.RowAsync(_rig.Id)).OldPasswordFailure, StringComparison.Ordinal);
        // The rotation itself went well.
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).RotationFailure);
        Assert.Equal(NeedKind.OldPasswordWorks, Assert.Single(await NeedsAsync()).Kind);

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await _rig.DueAsync(hours: 25);

        Assert.Equal((null, null), ((await _rig.Room.RowAsync(_rig.Id)).OldPasswordFailure, (await _rig.Room.RowAsync(_rig.Id)).OldPassword));
        Assert.Empty(await NeedsAsync());
        Assert.Equal(["password2"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task WhatWasToEndIsForgottenWhereAPersonPastesAToken()
    {
        await _rig.StoreAsync("password1", null);
        await _rig.RotateAsync();
        await _rig.PasteAsync(RotationRig.Stored);

        await _rig.DueAsync(hours: 25);

        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
        Assert.Equal(["password1", "password2"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task APasswordThatSomebodyMadeOfItsNameSinceIsNotEnded()
    {
        await _rig.StoreAsync("password1", null);
        await _rig.RotateAsync();
        _rig.Arm.World.Now = _rig.Room.Clock.GetUtcNow().AddHours(2);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));

        await _rig.DueAsync(hours: 25);

        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, TestSecrets.Of("somebody")));
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).OldPassword);
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task WithoutAnIdentityNothingIsRotatedAndNothingFails()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);

        await _rig.Room.RotateDueAsync();

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal(("password1", null, null), (row.TokenPassword, row.RotationTriedAt, row.RotationFailure));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(366)]
    public async Task OnlyTheDaysThatAreOfferedCanBeSet(int days)
    {
        Assert.False(await _rig.Room.RotationSettings.SetAsync(TestActor.Administrator, _rig.Id, days, default));
        Assert.False(await _rig.Room.RotationSettings.SetAsync(TestActor.Stranger, _rig.Id, 30, default));
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).RotateBefore);
    }

    [Fact]
    public async Task WhenItWasRotatedLastIsNotWhenItWasTriedLast()
    {
        await _rig.StoreAsync("password1", null);
        Assert.Null((await DetailsAsync()).Rotation.RotatedAt);
        await _rig.RotateAsync();
        var rotated = _rig.Room.Clock.GetUtcNow().UtcDateTime;
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 403);
        _rig.Room.Clock.Advance(TimeSpan.FromHours(3));
        await _rig.RotateAsync();
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        // The old password is ended, which is no rotation and mends none.
        await _rig.DueAsync(hours: 25);

        var rotation = (await DetailsAsync()).Rotation;
        Assert.Equal((rotated, rotated.AddHours(3)), (rotation.RotatedAt, rotation.TriedAt));
        Assert.Contains("may not do this", rotation.Failure, StringComparison.Ordinal);
        Assert.Equal(["password2"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task ARightThatLastsLongerThanAnyIsNotBelieved()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);
        await HoldUntilAsync(_rig.Room.Clock.GetUtcNow().UtcDateTime + TokenLease.Longest);
        Assert.Empty(await _rig.Room.Ledger.ListDueAsync(default));

        // Given by a clock that was a year ahead, and then set back.
        await HoldUntilAsync(_rig.Room.Clock.GetUtcNow().UtcDateTime.AddYears(1));
        Assert.All(await _rig.RotateAsync(), step => Assert.Equal(ConnectionStepState.Passed, step.State));

        await HoldUntilAsync(_rig.Room.Clock.GetUtcNow().UtcDateTime.AddYears(1));
        await _rig.DueAsync(hours: 25);
        Assert.Equal(["password2"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task WhatNobodyCanTryAgainIsNoLongerTold()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(20));
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 403);
        await _rig.DueAsync(hours: 0);
        Assert.Single(await NeedsAsync());

        await _rig.Room.RotateDueAsync();

        Assert.Empty(await NeedsAsync());
        Assert.Null((await DetailsAsync()).Rotation.Failure);
    }

    [Fact]
    public async Task ARegistryThatWasMovedIsFollowedAndItsTokenRotatedThere()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(20));
        var second = Guid.Parse("22222222-2222-2222-2222-222222222222");
        _rig.Arm.World.Subscriptions[second] = "Archive";
        var token = $"{_rig.Arm.World.MoveRegistry("contoso", "rg1", "rg2", second)}/tokens/{AzureNames.Token}";
        _rig.Acr.Accepts = password => _rig.Arm.World.Accepts(token, password);

        await _rig.DueAsync(hours: 0);

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal(("password2", null, second, "rg2"), (row.TokenPassword, row.RotationFailure, row.AzureSubscription!.Value, row.ResourceGroup));
        Assert.True(_rig.Arm.World.Accepts(token, (await _rig.Room.Accesses.FindAsync(_rig.Id, default))!.Credentials.Password));
        await _rig.DueAsync(hours: 25);
        Assert.False(_rig.Arm.World.Accepts(token, RotationRig.Stored));
    }

    public async Task InitializeAsync() => _rig = await RotationRig.StartAsync();

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private Task<IReadOnlyList<Need>> NeedsAsync() => new NeedsReport(_rig.Room.Database, _rig.Room.Clock).ListAsync(1, default);

    private async Task<IntegrationDetails> DetailsAsync() => (await _rig.Room.Integrations.FindAsync(1, _rig.Id, default))!;

    // As where all beats of a life were missed.
    private Task DieAsync() => HoldUntilAsync(_rig.Room.Clock.GetUtcNow().UtcDateTime);

    private async Task HoldUntilAsync(DateTime until)
    {
        await using var db = _rig.Room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, until));
    }
}
