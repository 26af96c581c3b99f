using System.Net;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>Whoever leaves a rotation leaves no password behind that works and that nobody knows.</summary>
public sealed class LeftRotationTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    // Who cancels after all went well has it stored: there is nothing more to wait for.
    [Theory]
    [InlineData(true, ConnectionStage.Store)]
    [InlineData(false, ConnectionStage.Manifest)]
    public async Task AtWhicheverStepOneLeavesOnlyWhatIsStoredWorks(bool isClosed, ConnectionStage last)
    {
        await _rig.StoreAsync("password1", null);
        var count = 0;
        ConnectionStep left;
        Integration row;
        do
        {
            var number = count++;
            left = await LeaveAsync(isClosed, _ => number-- == 0);
            row = await _rig.Room.RowAsync(_rig.Id);
            // The one before goes on to work for its day.
            Assert.Equal(row.TokenPassword == "password1" ? ["password1"] : ["password1", "password2"], _rig.Passwords.Keys);
            Assert.Equal((null, null), (row.RotatingUntil, row.RotationFailure));
            await _rig.AssertStoredWorksAsync();
        }
        while (row.TokenPassword == "password1");

        Assert.Equal((last, ConnectionStepState.Passed), (left.Stage, left.State));
    }

    [Fact]
    public async Task WhoLeavesWhileAzureMakesItLeavesNoneBehind()
    {
        await _rig.StoreAsync("password1", null);
        using var leaving = new CancellationTokenSource();
        _rig.Arm.Trouble = async context =>
        {
            if (context.Request.Path.Value!.Contains("/operationResults/", StringComparison.Ordinal))
            {
                await leaving.CancelAsync();
            }

            return false;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _rig.Room.Rotation(_rig.Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, leaving.Token).ToListAsync());

        _rig.Arm.EndAll();
        Assert.Equal(["password1"], _rig.Passwords.Keys);
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).RotatingUntil);
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Fact]
    public async Task WhoLeavesWhenTheTestHasFailedLeavesNoneBehindAndTheReasonIsKept()
    {
        await _rig.StoreAsync("password1", null);
        _rig.Acr.Catalog = () => AcrDouble.Error(HttpStatusCode.Forbidden, "no");

        await LeaveAsync(isClosed: false, step => step.State == ConnectionStepState.Failed);

        Assert.Equal(["password1"], _rig.Passwords.Keys);
        Assert.StartsWith("The new password failed its test:", (await _rig.Room.RowAsync(_rig.Id)).RotationFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThatItCouldNotBeEndedIsKept()
    {
        await _rig.StoreAsync("password1", null);
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "PATCH", 403);

        await LeaveAsync(isClosed: true, IsMade);

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Contains("password2 is alive", row.RotationFailure, StringComparison.Ordinal);
        Assert.NotEmpty(row.RotationRemedy!);
        Assert.Null(row.RotatingUntil);
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Theory]
    [InlineData("password2")]
    [InlineData(null)]
    public async Task WhatAnotherMadeOfItsNameAndStoredIsNotEnded(string? told)
    {
        await _rig.StoreAsync("password1", null);

        await LeaveAsync(isClosed: true, step =>
        {
            if (IsMade(step))
            {
                _rig.Arm.World.SetPassword(_rig.Token, "password2", TestSecrets.Of("another"));
                Assert.True(_rig.Room.Tokens.StoreAsync(TestActor.Administrator, _rig.Id, _rig.Room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("another"), null, told, default).GetAwaiter().GetResult());
            }

            return IsMade(step);
        });

        await _rig.AssertStoredWorksAsync(TestSecrets.Of("another"));
    }

    public async Task InitializeAsync() => _rig = await RotationRig.StartAsync();

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private static bool IsMade(ConnectionStep step) => step is { Stage: ConnectionStage.Make, State: ConnectionStepState.Passed };

    /// <summary>Rotates up to a step.</summary>
    /// <param name="isClosed">Whether no more steps are asked for; else the next is, with the token cancelled.</param>
    private async Task<ConnectionStep> LeaveAsync(bool isClosed, Predicate<ConnectionStep> isThere)
    {
        using var leaving = new CancellationTokenSource();
        ConnectionStep? left = null;
        try
        {
            await foreach (var step in _rig.Room.Rotation(_rig.Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, leaving.Token))
            {
                left = left is null && isThere(step) ? step : left;
                if (left is not null && isClosed)
                {
                    break;
                }

                await (left is null ? Task.CompletedTask : leaving.CancelAsync());
            }
        }
        catch (OperationCanceledException) when (left is not null)
        {
            // So it ends for whoever leaves.
        }

        return left!;
    }
}
