using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Whoever has a password made ends none that somebody uses, whatever else happens meanwhile.</summary>
public sealed class TokenIssueRaceTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    private TokenIssue Issue => _rig.Room.Issue(_rig.Clients);

    private DateTime Held => _rig.Room.Clock.GetUtcNow().UtcDateTime + TokenLease.Longest;

    [Theory]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(429)]
    public async Task WhatAzureRefusedToMakeIsNotTakenForOursWhenSomebodyMakesIt(int status)
    {
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", status);
        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));

        Assert.Equal("password2", (await MakeAsync()).Password.Name);

        AssertWorks(TestSecrets.Of("somebody"));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task WhatAzureMayHaveMadeIsMadeAnewByTheNext(int status)
    {
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));
        _rig.Arm.Trouble = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/operationResults/", StringComparison.Ordinal))
            {
                return false;
            }

            // It was begun, and comes to its end whoever may ask for it.
            _rig.Arm.EndAll();
            return await RotationRig.RefuseAsync(context, "GET", status);
        };
        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        Assert.Equal(["password1", "password2"], _rig.Passwords.Keys);

        Assert.Equal("password2", (await MakeAsync(mayEndOne: false)).Password.Name);

        AssertWorks(TestSecrets.Of("somebody"));
    }

    [Fact]
    public async Task OfTwoThatWorkNoneIsNobodysBecauseOneWasToBeMadeAnew()
    {
        await _rig.StoreAsync("password1", null, pasted: true);
        _rig.Arm.World.SetPassword(_rig.Token, "password2", TestSecrets.Of("somebody"));
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 500);
        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());
        _rig.Arm.Trouble = _ => Task.FromResult(false);

        Assert.Contains("two passwords that work", Assert.IsType<IssueOutcome.Failed>(await IssueAsync(mayEndOne: false)).Message, StringComparison.Ordinal);

        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Fact]
    public async Task WhatAPersonSaysIsStoredIsNotNobodys()
    {
        await _rig.StoreAsync("password1", null, pasted: true);
        await SetAsync(set => set.SetProperty(i => i.OldPassword, "password1"));
        var ticket = (await _rig.Room.Ledger.BeginAsync(TestActor.Administrator, _rig.Id, default))!;

        Assert.True(await _rig.Room.Ledger.RememberAsync(ticket, "password1", default));

        Assert.Equal(("password1", null), ((await RowAsync()).TokenPassword, (await RowAsync()).OldPassword));
    }

    [Fact]
    public async Task TheStoredOneIsNotMadeAnewWhateverWasWrittenDownOfIt()
    {
        await _rig.StoreAsync("password1", null);
        await SetAsync(set => set.SetProperty(i => i.OldPassword, "password1"));

        Assert.Equal("password2", (await MakeAsync()).Password.Name);

        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
    }

    [Fact]
    public async Task WhileOneIsTestedNobodyElseMakesOneOrRotates()
    {
        var first = await MakeAsync();

        Assert.Contains("at the moment", Assert.IsType<IssueOutcome.Failed>(await IssueAsync(mayEndOne: false)).Message, StringComparison.Ordinal);

        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Issued(_rig.Clients).EnableAsync(TestActor.Administrator, _rig.Id, first, default).ToListAsync())[^1].State);
        await _rig.AssertStoredWorksAsync(first.Password.Access.Credentials.Password);
        Assert.Null((await RowAsync()).RotatingUntil);
        var second = await MakeAsync();
        Assert.Equal("password2", second.Password.Name);
        Assert.Contains("already", Assert.Single(await _rig.RotateAsync()).Detail, StringComparison.Ordinal);
        await FailAsync(second);
        Assert.Null((await RowAsync()).RotatingUntil);
        await _rig.AssertStoredWorksAsync(first.Password.Access.Credentials.Password);
    }

    [Fact]
    public async Task WhoFailsLeavesTheTokenToOthers()
    {
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 500);

        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());

        Assert.Null((await RowAsync()).RotatingUntil);
    }

    [Fact]
    public async Task WhatWasStoredWhileAzureWasAskedIsNotEnded()
    {
        _rig.Arm.World.SetPassword(_rig.Token, "password1", TestSecrets.Of("somebody"));
        var isStored = false;
        _rig.Arm.Trouble = async context =>
        {
            if (!isStored && context.Request.Path.Value!.Contains("/tokens/", StringComparison.Ordinal))
            {
                isStored = true;
                Assert.True(await _rig.Room.Tokens.StoreAsync(TestActor.Administrator, _rig.Id, _rig.Room.Host("contoso.azurecr.io"), "docker-scout-readonly-token", TestSecrets.Of("another"), null, "password2", default));
            }

            return false;
        };

        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());

        Assert.True(isStored);
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsStoredUnderItsNameIsNotTakenBack()
    {
        var made = await MakeAsync();
        var password = made.Password.Access.Credentials.Password;
        Assert.True(await _rig.Room.Tokens.StoreAsync(TestActor.Administrator, _rig.Id, _rig.Room.Host("contoso.azurecr.io"), made.Password.Access.Credentials.UserName, password, null, "password1", default));

        await FailAsync(made);

        await _rig.AssertStoredWorksAsync(password);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATokenThatIsMadeInAzureIsWrittenDownBefore(bool isHeld)
    {
        Assert.True(await _rig.Room.Tokens.ChooseIdentityAsync(TestActor.Administrator, _rig.Id, default));
        _rig.Arm.World.Resources.Remove(_rig.TokenId);
        await SetAsync(set => set.SetProperty(i => i.RotatingUntil, isHeld ? Held : null));
        _rig.Arm.Trouble = async context =>
        {
            await using var db = _rig.Room.Database.CreateDbContext();
            Assert.Equal(context.Request.Method == HttpMethods.Put, await db.Audit.AnyAsync(e => e.Action == AuditAction.TokenIssued));
            return await RotationRig.RefuseAsync(context, "PUT", 403);
        };

        Assert.IsType<IssueOutcome.Failed>(await IssueAsync());

        Assert.Equal(isHeld ? 0 : 1, _rig.Arm.Calls.Count(call => call.Call.StartsWith("PUT", StringComparison.Ordinal)));
        // Nor is a password of it nobody's that was never asked for.
        Assert.Null((await RowAsync()).OldPassword);
    }

    [Fact]
    public async Task WhoLeavesWhileAzureMakesItLeavesNoneBehind()
    {
        using var leaving = new CancellationTokenSource();
        _rig.Arm.Trouble = async context =>
        {
            if (context.Request.Path.Value!.Contains("/operationResults/", StringComparison.Ordinal))
            {
                await leaving.CancelAsync();
            }

            return false;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Issue.IssueAsync(TestActor.Administrator, _rig.Id, null, leaving.Token));

        _rig.Arm.EndAll();
        Assert.Empty(_rig.Passwords);
        Assert.Equal((null, null), ((await RowAsync()).OldPassword, (await RowAsync()).RotatingUntil));
    }

    [Fact]
    public async Task WhoLeavesBeforeAzureIsAskedLeavesNeitherTheRightNorAMarkBehind()
    {
        using var leaving = new CancellationTokenSource();
        var issue = new TokenIssue(_rig.Room.Of(_rig.Clients), _rig.Room.Integrations, new LeftOnceHeld(_rig.Room.Database, leaving), new HastyClock());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => issue.IssueAsync(TestActor.Administrator, _rig.Id, null, leaving.Token));

        _rig.Arm.EndAll();
        Assert.Empty(_rig.Passwords);
        Assert.Equal((null, null), ((await RowAsync()).OldPassword, (await RowAsync()).RotatingUntil));
    }

    // Both were told of the same name: making theirs has ended ours, and ours is what must not be stored.
    [Fact]
    public async Task WhoIsFollowedByAnotherStoresNothingAndLeavesThemTheirs()
    {
        var slow = await MakeAsync();
        _rig.Arm.World.SetPassword(_rig.Token, slow.Password.Name, TestSecrets.Of("another"));
        _rig.Token["properties"]!["credentials"]!["passwords"]![0]!["creationTime"] = slow.Password.Created!.Value.AddMinutes(30).ToString("O");
        await SetAsync(set => set.SetProperty(i => i.RotatingBy, "another"));
        _rig.Acr.Accepts = _ => true;

        var last = (await _rig.Room.Issued(_rig.Clients).EnableAsync(TestActor.Administrator, _rig.Id, slow, default).ToListAsync())[^1];

        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Failed), (last.Stage, last.State));
        Assert.Contains("It took too long", last.Detail, StringComparison.Ordinal);
        var row = await RowAsync();
        Assert.Equal((null, "another", slow.Password.Name), (row.ProtectedToken, row.RotatingBy, row.OldPassword));
        AssertWorks(TestSecrets.Of("another"));
    }

    [Fact]
    public async Task WhoLostTheRightBeforeAzureIsAskedMakesNone()
    {
        _rig.Arm.World.Resources.Remove(_rig.TokenId);
        Assert.True(await _rig.Room.Tokens.ChooseIdentityAsync(TestActor.Administrator, _rig.Id, default));
        // While Azure makes the token, which was held up for longer than a life.
        _rig.Arm.Trouble = async context =>
        {
            await (context.Request.Method == HttpMethods.Put ? SetAsync(set => set.SetProperty(i => i.RotatingBy, "another")) : Task.CompletedTask);
            return false;
        };

        Assert.Contains("somebody else has the right", Assert.IsType<IssueOutcome.Failed>(await IssueAsync()).Message, StringComparison.Ordinal);

        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal("another", (await RowAsync()).RotatingBy);
    }

    public async Task InitializeAsync() => _rig = await RotationRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private Task<IssueOutcome> IssueAsync(bool mayEndOne = true) => Issue.IssueAsync(TestActor.Administrator, _rig.Id, null, mayEndOne, default);

    private async Task<IssueOutcome.Made> MakeAsync(bool mayEndOne = true) => Assert.IsType<IssueOutcome.Made>(await IssueAsync(mayEndOne));

    private async Task FailAsync(IssueOutcome.Made made)
    {
        _rig.Acr.Catalog = () => AcrDouble.Error(System.Net.HttpStatusCode.Forbidden, "no");
        Assert.Equal(ConnectionStepState.Skipped, (await _rig.Room.Issued(_rig.Clients).EnableAsync(TestActor.Administrator, _rig.Id, made, default).ToListAsync())[^1].State);
    }

    private void AssertWorks(string password) => Assert.True(_rig.Arm.World.Accepts(_rig.TokenId, password));

    private Task<Integration> RowAsync() => _rig.Room.RowAsync(_rig.Id);

    private async Task SetAsync(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Integration>> set)
    {
        await using var db = _rig.Room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set);
    }

    /// <summary>Whoever asks it for a context leaves as soon as they have the right to the token.</summary>
    private sealed class LeftOnceHeld(TestDatabase database, CancellationTokenSource leaving) : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => database.CreateDbContext();

        public async Task<ScoutDb> CreateDbContextAsync(CancellationToken cancellationToken)
        {
            await using var db = database.CreateDbContext();
            if (await db.Integrations.AnyAsync(i => i.RotatingUntil != null, CancellationToken.None))
            {
                await leaving.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return database.CreateDbContext();
        }
    }
}
