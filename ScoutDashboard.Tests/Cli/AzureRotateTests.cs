using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Integrations;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure rotate</c> does what "Rotate now" does, and without a registry what the hourly look does.</summary>
public sealed class AzureRotateTests : AzureShellTest
{
    [Fact]
    public async Task ARegistryIsRotatedNowInTheShellsName()
    {
        await ConnectAsync("365");

        var run = await _rig.RunAsync("rotate", "contoso", "--expires", "90");

        Assert.Equal((0, "contoso.azurecr.io: rotated, token until 2027-02-22\n"), (run.ExitCode, run.Output));
        Assert.DoesNotContain("generated-", run.Output + run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        Assert.Equal(("password2", "password1"), await db.Integrations.Select(i => ValueTuple.Create(i.TokenPassword, i.OldPassword)).SingleAsync());
        Assert.Equal(InTheShellsName, await WhoAsync(AuditAction.TokenRotated));
    }

    [Fact]
    public async Task WithoutARegistryOnlyWhatIsDueIsRotated()
    {
        await ConnectAsync("365");
        Assert.Equal((0, "", "Nothing is due.\n"), Told(await _rig.RunAsync("rotate")));
        await using var db = _rig.Database();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.TokenExpiresOn, new DateOnly(2026, 12, 1)));

        Assert.StartsWith("contoso.azurecr.io: rotated, token until ", (await _rig.RunAsync("rotate")).Output, StringComparison.Ordinal);

        Assert.Equal("password2", await db.Integrations.Select(i => i.TokenPassword).SingleAsync());
        Assert.Equal(InTheShellsName, await WhoAsync(AuditAction.TokenRotated));
    }

    [Fact]
    public async Task WithoutARegistryWhatIsOverIsEndedInTheShellsName()
    {
        await ConnectAsync("365");
        await _rig.RunAsync("rotate", "contoso");
        await using var db = _rig.Database();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.OldPasswordEndsAt, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));

        Assert.Equal(0, (await _rig.RunAsync("rotate")).ExitCode);

        Assert.Null(await db.Integrations.Select(i => i.OldPassword).SingleAsync());
        Assert.Equal(InTheShellsName, await WhoAsync(AuditAction.OldPasswordEnded));
    }

    [Theory]
    [InlineData("rotate", "contoso")]
    [InlineData("rotate")]
    public async Task AFailedRotationIsToldAndChangesNothing(params string[] verb)
    {
        await ConnectAsync("20");
        await using var db = _rig.Database();
        var before = await db.Integrations.AsNoTracking().SingleAsync();
        _rig.Acr.Catalog = () => AcrDouble.Error(System.Net.HttpStatusCode.Forbidden, "no");

        var run = await _rig.RunAsync(verb);

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Contains(verb.Length == 1 ? "contoso.azurecr.io: The new password failed its test:" : "Nothing was changed", run.Error, StringComparison.Ordinal);
        Assert.Equal((before.ProtectedToken, "password1"), await db.Integrations.Select(i => ValueTuple.Create(i.ProtectedToken, i.TokenPassword)).SingleAsync());
    }

    [Theory]
    [InlineData("rotate", "fabrikam")]
    [InlineData("rotate", "contoso", "--expires", "never")]
    [InlineData("rotate", "contoso", "--stored", "password3")]
    [InlineData("rotate", "--expires", "30")]
    [InlineData("rotate", "--stored", "password1")]
    public async Task WhatCanNotBeMeantIsRefusedBeforeAnythingIsDone(params string[] verb)
    {
        await ConnectAsync("365");
        var calls = _rig.Arm.Calls.Count;

        Assert.Equal(1, (await _rig.RunAsync(verb)).ExitCode);

        Assert.Equal(calls, _rig.Arm.Calls.Count);
    }

    [Fact]
    public async Task WhereTheIdentitySignsInThereIsNothingToRotate()
    {
        await _rig.RunAsync("connect", "contoso", "--yes", "--passwordless");

        var run = await _rig.RunAsync("rotate", "contoso");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has no token that is stored here", run.Error, StringComparison.Ordinal);
    }

    private static (string Name, string Address) InTheShellsName => (Environment.UserName, Actor.Shell);

    private async Task<(string Name, string Address)> WhoAsync(AuditAction action)
    {
        await using var db = _rig.Database();
        return await db.Audit.Where(line => line.Action == action).Select(line => ValueTuple.Create(line.Name, line.Address)).SingleAsync();
    }

    private async Task ConnectAsync(string days) => Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes", "--expires", days)).ExitCode);
}
