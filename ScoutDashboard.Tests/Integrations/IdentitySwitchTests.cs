using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>From a token to the dashboard's own identity and back, and what becomes of a registry that is read by it.</summary>
public sealed class IdentitySwitchTests : IdentityTest
{
    [Fact]
    public async Task SwitchingFromATokenErasesItAndAllThatIsKnownOfItAndNothingElse()
    {
        await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("old registry token"), new DateOnly(2026, 11, 26), "password1", default);
        var repository = await _room.Database.AddRepositoryAsync("team/app");
        await SetAsync(set => set.SetProperty(i => i.OldPassword, "password2").SetProperty(i => i.OldPasswordEndsAt, DateTime.UnixEpoch).SetProperty(i => i.RotationFailure, "It failed.").SetProperty(i => i.RotationTriedAt, DateTime.UnixEpoch)
            .SetProperty(i => i.OldPasswordFailure, "It still works.").SetProperty(i => i.OldPasswordRemedy, "End it.").SetProperty(i => i.RotatedAt, DateTime.UnixEpoch).SetProperty(i => i.WatchedAt, DateTime.UnixEpoch).SetProperty(i => i.Differences, WatchResult.Write([AzureDifference.SubscriptionGone, AzureDifference.TokenDisabled])));
        var before = await _room.RowAsync(_id);

        Assert.Equal("The dashboard signs in by its own identity from now on; the stored password is erased.", (await EnableAsync())[^1].Detail);

        var row = await _room.RowAsync(_id);
        Assert.Equal((true, null, null, null, null, null, null, null), (row.UsesIdentity, row.ProtectedToken, row.TokenExpiresOn, row.TokenPassword, row.OldPassword, row.OldPasswordEndsAt, row.RotationFailure, row.RotationTriedAt));
        Assert.Equal((null, null, null), (row.OldPasswordFailure, row.OldPasswordRemedy, row.RotatedAt));
        Assert.Equal(nameof(AzureDifference.SubscriptionGone), row.Differences);
        Assert.Equal((before.ProtectedWebhookKey, before.ProtectedTemplateKey, before.SystemTopic), (row.ProtectedWebhookKey, row.ProtectedTemplateKey, row.SystemTopic));
        await using var db = _room.Database.CreateDbContext();
        Assert.True((await db.Repositories.SingleAsync(r => r.Id == repository)).Enabled);
        Assert.Equal($"In place of {AzureNames.Token}", (await db.Audit.SingleAsync(e => e.Action == AuditAction.IdentityChosen)).Detail);
    }

    [Fact]
    public async Task AFailedSwitchLeavesTheTokenAsItWas()
    {
        await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("old registry token"), new DateOnly(2027, 1, 1), "password1", default);
        var before = await _room.RowAsync(_id);
        _exchange.Roles.Clear();

        await EnableAsync();

        var row = await _room.RowAsync(_id);
        Assert.Equal((false, before.ProtectedToken, before.TokenExpiresOn, before.TokenPassword, before.State), (row.UsesIdentity, row.ProtectedToken, row.TokenExpiresOn, row.TokenPassword, row.State));
        Assert.Equal(TestSecrets.Of("old registry token"), (await _room.Accesses.FindAsync(_id, default))!.Credentials.Password);
    }

    [Fact]
    public async Task SwitchingBackNeedsATokenThatWorks()
    {
        await EnableAsync();
        _acr.Accepts = password => password == TestSecrets.Of("registry token");

        await _room.Connections.EnableAsync(TestActor.Administrator, _id, new RegistryCredentials(AzureNames.Token, TestSecrets.Of("wrong registry token")), null, default).ToListAsync();
        Assert.True((await _room.RowAsync(_id)).UsesIdentity);
        Assert.NotNull((await _room.Accesses.FindAsync(_id, default))!.Identity);

        await _room.Connections.EnableAsync(TestActor.Administrator, _id, new RegistryCredentials(AzureNames.Token, TestSecrets.Of("registry token")), null, default).ToListAsync();
        Assert.False((await _room.RowAsync(_id)).UsesIdentity);
        var access = (await _room.Accesses.FindAsync(_id, default))!;
        Assert.Equal((null, TestSecrets.Of("registry token")), (access.Identity, access.Credentials.Password));
    }

    [Fact]
    public async Task TheTestOfAConnectedOneTellsALostRoleAndItsReturn()
    {
        await EnableAsync();
        _exchange.Roles.Clear();

        var failed = (await TestAsync()).Single(step => step.State == ConnectionStepState.Failed);
        Assert.Equal((ConnectionStage.Token, 2), (failed.Stage, failed.Commands.Count));
        var row = await _room.RowAsync(_id);
        Assert.Equal((IntegrationState.Error, true), (row.State, row.StateReason?.StartsWith("The registry does not accept the dashboard's identity.", StringComparison.Ordinal)));

        _exchange.Roles.Add("AcrPull");
        Assert.All(await TestAsync(), step => Assert.NotEqual(ConnectionStepState.Failed, step.State));
        Assert.Equal((IntegrationState.Connected, null), ((await _room.RowAsync(_id)).State, (await _room.RowAsync(_id)).StateReason));
    }

    [Fact]
    public async Task AnIdentityThatIsNoLongerConfiguredIsAnErrorAndNotTakenForAMissingToken()
    {
        await EnableAsync();
        var accesses = new RegistryAccessProvider(_room.Database, _room.Vault, new RegistryOptions(), ArmDouble.Nobody(Clock));

        Assert.Null(await accesses.FindAsync(_id, default));

        var row = await _room.RowAsync(_id);
        Assert.Equal(IntegrationState.Error, row.State);
        Assert.Contains("no identity in Azure any more", row.StateReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingIsRotatedAndOnlyTopicAndSubscriptionAreLookedAt()
    {
        await using var arm = await ArmDouble.StartAsync();
        arm.World.AddRegistry("contoso");
        await PlaceAsync();
        await EnableAsync();
        var clients = arm.Clients(_room.Clock);

        await _room.RotateDueAsync(clients);
        await _room.WatchDueAsync(clients);

        Assert.Equal(nameof(AzureDifference.TopicGone), (await _room.RowAsync(_id)).Differences);
        Assert.DoesNotContain(arm.Calls, call => call.Call.Contains("/tokens/", StringComparison.Ordinal) || call.Call.Contains("generateCredentials", StringComparison.Ordinal));
        var integration = (await _room.Integrations.FindAsync(1, _id, default))!;
        Assert.Equal((false, true), (await _room.Rotation(clients).IsPossibleAsync(TestActor.Administrator, integration, default), await _room.Watch(clients).IsPossibleAsync(TestActor.Administrator, integration, default)));
        Assert.Null(await _room.Rotation(clients).RepairAsync(TestActor.Administrator, _id, default));
        // From a page that is open since before.
        Assert.Contains("needs no token", (await _room.Mend(clients).MendAsync(TestActor.Administrator, _id, AzureDifference.TokenGone, default))!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(arm.Calls, call => call.Call.Contains("/tokens/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheReminderOfTheTokenSaysThatItMayNotBeThere()
    {
        await EnableAsync();
        await _room.Removals.RemoveAsync(TestActor.Administrator, _id, eraseResults: false, default);

        var tasks = await _room.Removals.ListRemindersAsync(1, default);

        Assert.Contains("only if the template made it", tasks.Single(task => task.Kind == CleanupKind.RegistryToken).Reason, StringComparison.Ordinal);
        Assert.Null(tasks.Single(task => task.Kind == CleanupKind.SystemTopic).Reason);
        Assert.Null(await _room.Accesses.FindAsync(_id, default));
    }
}
