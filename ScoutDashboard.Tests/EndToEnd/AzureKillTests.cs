using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>
/// A shell's way to a registry and back, killed at each call that changes something in Azure, and at the question how far that is. Every run goes on from where the one before was killed.
/// What only reads is stopped at in tests of the services.
/// </summary>
public sealed class AzureKillTests : IAsyncLifetime
{
    private AzureKillRig _rig = null!;

    private string Group => _rig.Registry[.._rig.Registry.IndexOf("/providers/", StringComparison.Ordinal)];

    private string Topic => $"{Group}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    private string[] Made => [Topic, $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}", _rig.Token];

    public async Task InitializeAsync() => _rig = await AzureKillRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task HoweverOftenItIsKilledAConnectionAndACleanUpEndAsIfItNeverWas()
    {
        var connected = await _rig.RunToItsEndAsync(Changes, PassAsync, "connect", "contoso", "--yes");

        Assert.True(connected.ExitCode == 0, connected.Output + connected.Error);
        Assert.All(Made, id => Assert.NotNull(_rig.Arm.World.Find(id)));
        // None is left of those that were made and never heard of.
        Assert.Equal(["password1"], _rig.Passwords);
        await _rig.AssertStoredWorksAsync();
        await using (var db = _rig.Open())
        {
            var row = await db.Integrations.AsNoTracking().SingleAsync();
            Assert.Equal((null, IntegrationState.Connected, "password1", null), (row.RemovedAt, row.State, row.TokenPassword, row.OldPassword));
        }

        var removed = await _rig.RunToItsEndAsync(Changes, () => Task.CompletedTask, "remove", "contoso", "--yes");

        Assert.Equal(0, removed.ExitCode);
        Assert.All(Made, id => Assert.Null(_rig.Arm.World.Find(id)));
        await using var after = _rig.Open();
        Assert.Equal(0, await after.Integrations.CountAsync(i => i.RemovedAt == null));
        Assert.Equal((2, 0), (await after.CleanupTasks.CountAsync(), await after.CleanupTasks.CountAsync(task => task.DoneAt == null)));
        Assert.Equal(1, await after.Audit.CountAsync(line => line.Action == AuditAction.IntegrationRemoved));
        await _rig.AssertWholeAsync();
    }

    // Whoever was killed has the token for a while yet, and no longer than somebody waits for it.
    private async Task PassAsync()
    {
        await using var db = _rig.Open();
        if (await db.Integrations.AsNoTracking().SingleOrDefaultAsync() is { RotatingUntil: { } until } row)
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, until - AzureKillRig.Wait));
        }
    }

    // A preview is asked for by POST and answered later, and changes nothing.
    private static bool Changes(HttpRequest request)
    {
        var path = request.Path.Value!;
        return HttpMethods.IsGet(request.Method) ? path.Contains("operation", StringComparison.OrdinalIgnoreCase) && !path.Contains("/operationresults/", StringComparison.Ordinal)
            : !path.EndsWith("/whatIf", StringComparison.Ordinal) && !path.EndsWith("/getFullUrl", StringComparison.Ordinal);
    }
}
