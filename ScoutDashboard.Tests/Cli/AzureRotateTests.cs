using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
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
        Assert.Equal(Environment.UserName, (await db.Audit.SingleAsync(line => line.Action == AuditAction.TokenRotated)).Name);
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

    private async Task ConnectAsync(string days) => Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes", "--expires", days)).ExitCode);
}
