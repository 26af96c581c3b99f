using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>A rotation ends with a stored password that works, or with the one before.</summary>
public sealed class TokenRotationTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    [Fact]
    public async Task TheOtherPasswordIsMadeTestedAndStoredAndTheOneBeforeWorksForADay()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));

        var steps = await _rig.RotateAsync(new DateOnly(2027, 3, 31));

        Assert.All(steps, step => Assert.Equal(ConnectionStepState.Passed, step.State));
        Assert.Equal([ConnectionStage.Make, ConnectionStage.Reach, ConnectionStage.Challenge, ConnectionStage.Token, ConnectionStage.Catalogue, ConnectionStage.Manifest, ConnectionStage.Store], steps.Select(step => step.Stage));
        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal(("password2", new DateOnly(2027, 3, 31), null, IntegrationState.Connected), (row.TokenPassword, row.TokenExpiresOn, row.RotationFailure, row.State));
        Assert.Equal("2027-04-01T00:00:00Z", (string?)_rig.Passwords["password2"]);
        await _rig.AssertStoredWorksAsync();
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, RotationRig.Stored));
        await using var db = _rig.Room.Database.CreateDbContext();
        var line = await db.Audit.SingleAsync(e => e.Action == AuditAction.TokenRotated);
        Assert.Equal(("ada", "contoso.azurecr.io", $"{AzureNames.Token}, password2, expires on 2027-03-31"), (line.Name, line.Subject, line.Detail));

        await _rig.DueAsync(hours: 23);
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, RotationRig.Stored));
        await _rig.DueAsync(hours: 2);

        Assert.False(_rig.Arm.World.Accepts(_rig.TokenId, RotationRig.Stored));
        await _rig.AssertStoredWorksAsync();
        row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((null, null, null), (row.OldPassword, row.OldPasswordEndsAt, row.RotatingUntil));
        var ended = await db.Audit.SingleAsync(e => e.Action == AuditAction.OldPasswordEnded);
        Assert.Equal(("ScoutDashboard", "", null, $"{AzureNames.Token}, password1"), (ended.Name, ended.Address, ended.AccountId, ended.Detail));
    }

    [Theory]
    [InlineData("password1", "", "password2")]
    [InlineData("password2", "", "password1")]
    [InlineData("password1", "password2", "password2")]
    [InlineData("password2", "password1", "password1")]
    public async Task ThePasswordInUseIsNeverMadeAnew(string inUse, string besides, string expected)
    {
        await _rig.StoreAsync(inUse, null);
        if (besides.Length > 0)
        {
            _rig.Arm.World.SetPassword(_rig.Token, besides, TestSecrets.Of("somebody"));
        }

        await _rig.RotateAsync();

        Assert.Equal(expected, (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, RotationRig.Stored));
        await _rig.AssertStoredWorksAsync();
    }

    [Theory]
    [InlineData("password1", "password2")]
    [InlineData("password2", "password1")]
    public async Task OfAPastedOneFollowsWhichItIsWhereOnlyOneIsAlive(string alive, string expected)
    {
        await _rig.StoreAsync(alive, null, pasted: true);
        _rig.Arm.World.SetPassword(_rig.Token, expected, TestSecrets.Of("ended"), "2026-11-01T00:00:00Z");

        await _rig.RotateAsync();

        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((expected, alive), (row.TokenPassword, row.OldPassword));
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task WhereTwoAreAliveAndNobodyKnowsWhichIsInUseNothingIsMadeUntilAPersonSays()
    {
        await _rig.StoreAsync("password2", null, pasted: true);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));

        var refused = Assert.Single(await _rig.RotateAsync());

        Assert.Equal((ConnectionStage.Make, ConnectionStepState.Failed), (refused.Stage, refused.State));
        Assert.Contains("which one was pasted", refused.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, TestSecrets.Of("somebody")));

        Assert.All(await _rig.RotateAsync(inUse: "password2"), step => Assert.Equal(ConnectionStepState.Passed, step.State));
        Assert.Equal("password1", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, RotationRig.Stored));
    }

    [Fact]
    public async Task WhatIsAliveInAzureIsNotTakenForTheStoredOneWhereThatIsRefused()
    {
        await _rig.StoreAsync("password1", null, pasted: true);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));

        await _rig.RotateAsync();
        await _rig.DueAsync(hours: 48);

        // It was never in use here, so it is nobody's to end.
        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, TestSecrets.Of("somebody")));
        Assert.Equal("password2", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task WhatAPersonSaysIsAskedAgainWhereAzureMadeNothingByIt()
    {
        await _rig.StoreAsync("password2", RotationRig.Today.AddDays(10), pasted: true);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 403);

        await _rig.RotateAsync(inUse: "password1");

        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Fact]
    public async Task APersonWhoSaysOneThatIsNotAliveIsNotBelieved()
    {
        await _rig.StoreAsync("password2", null, pasted: true);

        Assert.Contains("password1 is not alive", Assert.Single(await _rig.RotateAsync(inUse: "password1")).Detail, StringComparison.Ordinal);

        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    // Theirs is of the name of ours, which it has ended: so ours fails its test, and must not take theirs with it.
    [Fact]
    public async Task WhatAPersonMadeAndPastedMeanwhileIsNotEndedWithOurs()
    {
        await _rig.StoreAsync("password1", null);
        _rig.Acr.Catalog = () =>
        {
            _rig.Arm.World.SetPassword(_rig.Token, "password2", TestSecrets.Of("the portal"));
            Assert.True(_rig.PasteAsync(TestSecrets.Of("the portal")).GetAwaiter().GetResult());
            return AcrDouble.Error(HttpStatusCode.Forbidden, "no");
        };

        await _rig.RotateAsync();

        await _rig.AssertStoredWorksAsync(TestSecrets.Of("the portal"));
    }

    [Fact]
    public async Task WhatSomebodyMadeOfTheNewOnesNameMeanwhileIsNotEndedThoughNothingWasPasted()
    {
        await _rig.StoreAsync("password1", null);
        _rig.Acr.Catalog = () =>
        {
            _rig.Arm.World.Now = _rig.Arm.World.Now.AddMinutes(1);
            _rig.Arm.World.SetPassword(_rig.Token, "password2", TestSecrets.Of("the portal"));
            return AcrDouble.Error(HttpStatusCode.Forbidden, "no");
        };

        await _rig.RotateAsync();

        Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, TestSecrets.Of("the portal")));
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task ANewPasswordThatFailsItsTestIsEndedAndNothingIsChanged(HttpStatusCode status)
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        var before = await _rig.Room.RowAsync(_rig.Id);
        _rig.Acr.Catalog = () => AcrDouble.Error(status, "no");

        var steps = await _rig.RotateAsync();

        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Skipped), (steps[^1].Stage, steps[^1].State));
        var after = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((before.ProtectedToken, before.TokenExpiresOn, before.TokenPassword, before.State, null), (after.ProtectedToken, after.TokenExpiresOn, after.TokenPassword, after.State, after.RotatingUntil));
        Assert.Equal(["password1"], _rig.Passwords.Keys);
        Assert.StartsWith("The new password failed its test:", after.RotationFailure, StringComparison.Ordinal);
        Assert.NotEmpty(after.RotationRemedy!);
        Assert.Null(after.OldPassword);
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task APasswordThatTheRegistryDoesNotKnowYetIsTriedAgain()
    {
        await _rig.StoreAsync("password1", null);
        var asked = 0;
        _rig.Acr.Accepts = password => password == RotationRig.Stored || ++asked > 4;

        Assert.All(await _rig.RotateAsync(), step => Assert.Equal(ConnectionStepState.Passed, step.State));
        Assert.Equal("password2", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
    }

    [Fact]
    public async Task APasswordThatTheRegistryNeverAcceptsIsNotStored()
    {
        await _rig.StoreAsync("password1", null);
        _rig.Acr.Accepts = password => password == RotationRig.Stored;

        Assert.Contains(await _rig.RotateAsync(), step => step is { Stage: ConnectionStage.Token, State: ConnectionStepState.Failed });
        Assert.Equal("password1", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
    }

    [Theory]
    [InlineData("GET", "403", "may not do this")]
    [InlineData("POST", "403", "may not do this")]
    [InlineData("POST", "429", "limits requests")]
    [InlineData("GET", "gone", "has no token")]
    [InlineData("GET", "disabled", "is disabled")]
    [InlineData("GET", "Failed", "“Failed”")]
    public async Task WhereAzureDoesNotMakeOneNothingIsChangedAndTheReasonIsKept(string method, string trouble, string told)
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        var before = await _rig.Room.RowAsync(_rig.Id);
        var properties = _rig.Token["properties"]!;
        switch (trouble)
        {
            case "gone": _rig.Arm.World.Resources.Remove(_rig.TokenId); break;
            case "disabled": properties["status"] = "disabled"; break;
            case "Failed": properties["provisioningState"] = "Failed"; break;
            default: _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, method, int.Parse(trouble, null)); break;
        }

        var step = Assert.Single(await _rig.RotateAsync());

        Assert.Contains(told, step.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(step.Remedy);
        var after = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((before.ProtectedToken, before.TokenPassword, step.Detail, step.Remedy, null), (after.ProtectedToken, after.TokenPassword, after.RotationFailure, after.RotationRemedy, after.RotatingUntil));
    }

    [Fact]
    public async Task ATokenThatSomebodyPastedMeanwhileStays()
    {
        await _rig.StoreAsync("password1", null);

        var last = await _rig.RotateWhileAsync(() => _rig.PasteAsync(RotationRig.Stored));

        Assert.Equal(ConnectionStepState.Failed, last.State);
        var row = await _rig.Room.RowAsync(_rig.Id);
        Assert.Equal((null, null, null), (row.TokenPassword, row.RotatingUntil, row.RotationFailure));
        Assert.Equal(["password1"], _rig.Passwords.Keys);
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Fact]
    public async Task ATokenThatSomebodyPastedMeanwhileAndTheRotationHasEndedIsReplaced()
    {
        await _rig.StoreAsync("password1", null);

        // They made password2 in the portal, just before the dashboard did.
        var last = await _rig.RotateWhileAsync(() => _rig.PasteAsync("dead-by-now"));

        Assert.Equal(ConnectionStepState.Passed, last.State);
        Assert.Equal("password2", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
        await _rig.AssertStoredWorksAsync();
    }

    [Fact]
    public async Task ARegistryThatIsRemovedMeanwhileGetsNoPassword()
    {
        await _rig.StoreAsync("password1", null);

        var last = await _rig.RotateWhileAsync(() => _rig.Room.Removals.RemoveAsync(TestActor.Administrator, _rig.Id, eraseResults: false, default));

        Assert.Equal(ConnectionStepState.Failed, last.State);
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).ProtectedToken);
        Assert.Equal(["password1"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task NothingThatIsToldOrWrittenDownHoldsAPassword()
    {
        await _rig.StoreAsync("password1", RotationRig.Today);
        var steps = await _rig.RotateAsync();
        var password = (await _rig.Room.Accesses.FindAsync(_rig.Id, default))!.Credentials.Password;

        Assert.DoesNotContain(steps, step => $"{step}".Contains(password, StringComparison.Ordinal));
        await using var db = _rig.Room.Database.CreateDbContext();
        Assert.DoesNotContain(await db.Audit.ToListAsync(), line => line.Detail.Contains(password, StringComparison.Ordinal));
    }

    public async Task InitializeAsync() => _rig = await RotationRig.StartAsync();

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();
}
