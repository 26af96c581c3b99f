using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Integrations.Watch;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>What nobody asks for is done nevertheless, and in time.</summary>
public sealed class AzureWorkerTests : WatchTest
{
    [Fact]
    public async Task SoonAfterTheStartAndThenHourlyItRotatesLooksAndErasesWhatEnded()
    {
        await _rig.Room.Tokens.StoreAsync(TestActor.Administrator, _rig.Id, _rig.Room.Host("contoso.azurecr.io"), AzureNames.Token, RotationRig.Stored, RotationRig.Today.AddDays(20), "password1", default);
        await _rig.Room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token"));
        var start = _rig.Room.Clock.GetUtcNow();
        using var clock = new WaitedClock(start);
        using var worker = _rig.Room.Worker(_rig.Clients, clock);
        await worker.StartAsync(default);
        await clock.WaitedForAsync();
        Assert.Empty(_rig.Arm.Calls);

        clock.Advance(TimeSpan.FromMinutes(2));
        await clock.WaitedForAsync();
        var first = await RowAsync();
        Assert.Equal((start.UtcDateTime, "password2", "password1"), (first.WatchedAt, first.TokenPassword, first.OldPassword));
        Assert.Equal(1, await ConsentsAsync());

        _rig.Room.Clock.Advance(TimeSpan.FromDays(1));
        _rig.Arm.World.Now = _rig.Room.Clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        await clock.WaitedForAsync();
        var second = await RowAsync();
        Assert.Equal((start.UtcDateTime.AddDays(1), "password2", null), (second.WatchedAt, second.TokenPassword, second.OldPassword));
        Assert.Equal(["password2"], Token["credentials"]!["passwords"]!.AsArray().Select(password => (string)password!["name"]!));
        Assert.Equal(0, await ConsentsAsync());

        await worker.StopAsync(default);
        Assert.Equal(TaskStatus.RanToCompletion, worker.ExecuteTask!.Status);
    }

    private async Task<int> ConsentsAsync()
    {
        await using var db = _rig.Room.Database.CreateDbContext();
        return await db.AzureConsents.CountAsync();
    }
}
