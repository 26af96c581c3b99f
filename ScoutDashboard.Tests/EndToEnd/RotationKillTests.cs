using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>The hourly look at what is due at tokens, killed at every call to Azure and to the registry. The next one comes when the dead one's right to rotate is over.</summary>
public sealed class RotationKillTests : IAsyncLifetime
{
    private AzureKillRig _rig = null!;

    public async Task InitializeAsync() => _rig = await AzureKillRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task HoweverOftenItIsKilledARotationEndsAsIfItNeverWasAndTheStoredPasswordAlwaysWorks()
    {
        var connected = await _rig.RunAsync("connect", "contoso", "--yes", "--expires", "20");
        Assert.True(connected.ExitCode == 0, connected.Output + connected.Error);

        var rotated = await _rig.RunToItsEndAsync(_ => true, KilledAsync, "rotate");

        Assert.Equal((0, true), (rotated.ExitCode, rotated.Output.StartsWith("contoso.azurecr.io: rotated", StringComparison.Ordinal)));
        Assert.Equal(["password1", "password2"], _rig.Passwords.Order());
        await AssertRotatedAsync("password1");

        // Until then whoever works with the old one goes on.
        var early = await _rig.RunAsync("rotate");
        Assert.Equal((0, "Nothing is due.\n"), (early.ExitCode, early.Error));
        await _rig.PassAsync(TimeSpan.FromDays(1));
        var ended = await _rig.RunToItsEndAsync(_ => true, KilledAsync, "rotate");

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(["password2"], _rig.Passwords);
        await AssertRotatedAsync(null);
        await using var db = _rig.Open();
        Assert.Equal((1, 1), (await db.Audit.CountAsync(line => line.Action == AuditAction.TokenRotated), await db.Audit.CountAsync(line => line.Action == AuditAction.OldPasswordEnded)));
        await _rig.AssertWholeAsync();
    }

    private async Task KilledAsync()
    {
        await _rig.AssertStoredWorksAsync();
        await _rig.PassAsync(AzureKillRig.Wait);
    }

    private async Task AssertRotatedAsync(string? old)
    {
        await _rig.AssertStoredWorksAsync();
        await using var db = _rig.Open();
        var row = await db.Integrations.AsNoTracking().SingleAsync();
        Assert.Equal(("password2", old, null, null, null), (row.TokenPassword, row.OldPassword, row.RotatingUntil, row.RotationFailure, row.OldPasswordFailure));
        Assert.Equal(IntegrationState.Connected, row.State);
    }
}
