using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>When Azure is asked, and what is told where it does not answer.</summary>
public sealed class WatchRoundTests : WatchTest
{
    [Theory]
    [InlineData("/systemTopics", 403)]
    [InlineData("/systemTopics", 500)]
    [InlineData("/eventSubscriptions", 403)]
    [InlineData("/getFullUrl", 403)]
    [InlineData("/docker-scout-readonly-token", 403)]
    [InlineData("/scopeMaps/_repositories_pull_metadata_read", 401)]
    public async Task WhatCouldNotBeAskedIsNeitherGoneNorUnchanged(string path, int status)
    {
        await AssertFoundAsync();
        _rig.Arm.Trouble = context => RefuseAsync(context, path, status);

        await CheckAsync();

        var watch = (await DetailsAsync()).Watch!;
        Assert.Empty(watch.Differences);
        Assert.NotNull(watch.Failure);
        Assert.NotEmpty(watch.Remedy);
        Assert.Equal(NeedKind.UnknownInAzure, Assert.Single(await NeedsAsync()).Kind);
        var listed = Assert.Single(await _rig.Room.Integrations.ListAsync(1, default));
        Assert.Equal((false, true), (listed.IsChanged, listed.IsUnknown));
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await AssertFoundAsync();
        Assert.Empty(await NeedsAsync());
    }

    [Fact]
    public async Task WhatCouldBeAskedIsToldBesideWhatCouldNot()
    {
        Token["status"] = "disabled";
        _rig.Arm.Trouble = context => RefuseAsync(context, "/systemTopics", 403);

        await CheckAsync();

        var watch = (await DetailsAsync()).Watch!;
        Assert.Equal([AzureDifference.TokenDisabled], watch.Differences);
        Assert.NotNull(watch.Failure);
        Assert.Equal(NeedKind.ChangedInAzure, Assert.Single(await NeedsAsync()).Kind);
    }

    [Fact]
    public async Task WithoutAPublicAddressNoEventsAreExpected()
    {
        await using var rig = await RotationRig.StartAsync(publicUrl: null);
        await rig.StoreAsync("password1", null);

        await rig.Room.Watch(rig.Clients).CheckAsync(TestActor.Administrator, rig.Id, default);

        // The page says so: what was not looked at is not unchanged.
        Assert.Equal((false, true), (rig.Room.Watch(rig.Clients).LooksAtEvents, _rig.Room.Watch(_rig.Clients).LooksAtEvents));
        Assert.Empty((await rig.Room.Integrations.FindAsync(1, rig.Id, default))!.Watch!.Differences);
    }

    [Fact]
    public async Task ItIsAskedOnceADayByOneOfAllReplicas()
    {
        await _rig.Room.WatchDueAsync(_rig.Clients);
        var calls = _rig.Arm.Calls.Count;
        Assert.True(calls > 0);
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Equal(calls, _rig.Arm.Calls.Count);

        _rig.Room.Clock.Advance(TimeSpan.FromDays(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _rig.Room.Watch(_rig.Clients).CheckDueAsync(_rig.Id, default)));
        Assert.Equal(2, _rig.Arm.Calls.Count(call => call.Call.EndsWith("getFullUrl", StringComparison.Ordinal)));
        Assert.Equal(_rig.Room.Clock.GetUtcNow().UtcDateTime, (await RowAsync()).WatchedAt);
    }

    [Fact]
    public async Task OfARegistryThatWasTypedItsPlaceIsFoundOnceTheIdentitySeesIt()
    {
        var id = await _rig.Room.ConnectAsync("fabrikam-e7ggejfuhzhgedc8.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Null((await _rig.Room.RowAsync(id)).AzureSubscription);
        Assert.Null((await _rig.Room.Integrations.FindAsync(1, id, default))!.Watch);

        _rig.Arm.World.AddRegistry("fabrikam", "rg7", "swedencentral", loginServer: "fabrikam-e7ggejfuhzhgedc8.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Null((await _rig.Room.RowAsync(id)).AzureSubscription);
        _rig.Room.Clock.Advance(TimeSpan.FromDays(1));
        await _rig.Room.WatchDueAsync(_rig.Clients);

        var row = await _rig.Room.RowAsync(id);
        Assert.Equal((ArmWorld.First, "rg7", "swedencentral", "TopicGone,TokenGone"), (row.AzureSubscription!.Value, row.ResourceGroup, row.Location, row.Differences));
    }

    [Fact]
    public async Task WithoutAnIdentityNothingIsAskedAndNothingIsTold()
    {
        await _rig.Room.WatchDueAsync();

        Assert.Null((await RowAsync()).WatchedAt);
        Assert.NotNull(await _rig.Room.Mend().MendAsync(TestActor.Administrator, _rig.Id, AzureDifference.TokenGone, default));
    }

    [Fact]
    public async Task WhatNobodyCanAskAgainIsNoLongerTold()
    {
        Token["status"] = "disabled";
        _rig.Arm.Trouble = context => RefuseAsync(context, "/systemTopics", 403);
        await CheckAsync();
        Assert.Single(await NeedsAsync());

        await _rig.Room.WatchDueAsync();

        Assert.Empty(await NeedsAsync());
        var listed = Assert.Single(await _rig.Room.Integrations.ListAsync(1, default));
        Assert.Equal((false, false), (listed.IsChanged, listed.IsUnknown));
        // With an identity again it is asked at once.
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Equal([AzureDifference.TokenDisabled], (await DetailsAsync()).Watch!.Differences);
    }

    [Fact]
    public async Task ATurnThatLastsLongerThanAnyIsNotBelieved()
    {
        await using var db = _rig.Room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchingUntil, _rig.Room.Clock.GetUtcNow().UtcDateTime.AddMinutes(10)));
        Assert.Empty(await _rig.Room.Watch(_rig.Clients).ListDueAsync(default));

        // Written by a clock that was a year ahead, and then set back.
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchingUntil, _rig.Room.Clock.GetUtcNow().UtcDateTime.AddYears(1)));

        Assert.Equal([_rig.Id], await _rig.Room.Watch(_rig.Clients).ListDueAsync(default));
    }

    private static async Task<bool> RefuseAsync(HttpContext context, string path, int status)
    {
        if (!context.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsync("""{"error":{"code":"Refused","message":"No."}}""");
        return true;
    }
}
