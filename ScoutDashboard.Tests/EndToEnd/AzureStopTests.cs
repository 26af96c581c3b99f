using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Who stops a verb while Azure is at it is told so, by its exit code too, and goes on by typing it again.</summary>
public sealed class AzureStopTests : IAsyncLifetime
{
    private AzureKillRig _rig = null!;

    public async Task InitializeAsync() => _rig = await AzureKillRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task WhatIsStoppedWhileAzureIsAtItSaysSoAndGoesOnNextTime()
    {
        await StopAsync(HttpMethods.Put, "/deployments/", isWaitedFor: false, "connect", "contoso", "--yes", "--expires", "20");
        await StopAsync(HttpMethods.Post, "/generateCredentials", isWaitedFor: true, "connect", "contoso", "--yes", "--expires", "20");
        // What nobody has works no longer.
        Assert.Empty(_rig.Passwords);
        await GoOnAsync("connect", "contoso", "--yes", "--expires", "20");
        await _rig.AssertStoredWorksAsync();

        await StopAsync(HttpMethods.Post, "/generateCredentials", isWaitedFor: true, "rotate", "contoso");
        Assert.Equal(["password1"], _rig.Passwords);
        await _rig.AssertStoredWorksAsync();
        await GoOnAsync("rotate", "contoso");
        await _rig.AssertStoredWorksAsync();

        await StopAsync(HttpMethods.Get, "/registries/", isWaitedFor: false, "status");
        await StopAsync(HttpMethods.Delete, "/tokens/", isWaitedFor: false, "remove", "contoso", "--yes");
        await GoOnAsync("remove", "contoso", "--yes");
        Assert.Equal([_rig.Registry], _rig.Arm.World.Resources.Keys.Where(id => !id.Contains("/deployments/", StringComparison.Ordinal)));
        await using var db = _rig.Open();
        Assert.Equal(0, await db.CleanupTasks.CountAsync(task => task.DoneAt == null));
    }

    [Fact]
    public async Task WhatIsStoppedWhereAPersonIsAskedEndsAtOnceAndWaitsForNothing()
    {
        AssertStopped(await _rig.StopAtAsync("Type yes:", "connect", "contoso"));
        await using var db = _rig.Open();
        Assert.Empty(await db.Integrations.ToListAsync());

        await GoOnAsync("connect", "contoso", "--yes");
        AssertStopped(await _rig.StopAtAsync("Type contoso to confirm:", "remove", "contoso"));
        await _rig.AssertStoredWorksAsync();

        static void AssertStopped(ShellRun run)
        {
            Assert.True(run.ExitCode == 130, $"{run.ExitCode}: {run.Output}{run.Error}");
            Assert.EndsWith(": \nStopped. Nothing was changed.\n", run.Error, StringComparison.Ordinal);
        }
    }

    private async Task StopAsync(string method, string path, bool isWaitedFor, params string[] verb)
    {
        var run = await _rig.StopAsync(request => request.Method == method && request.Path.Value!.Contains(path, StringComparison.Ordinal), isWaitedFor, verb);

        Assert.True(run.ExitCode == 130, $"{run.ExitCode}: {run.Output}{run.Error}");
        Assert.EndsWith(verb[0] == "status" ? "Stopped. Nothing was changed.\n" : "Stopped. Run again, it goes on from here.\n", run.Error, StringComparison.Ordinal);
    }

    private async Task GoOnAsync(params string[] verb)
    {
        var run = await _rig.RunAsync(verb);

        Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Output}{run.Error}");
    }
}
