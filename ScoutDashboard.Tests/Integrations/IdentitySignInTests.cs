using Azure.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Integrations without a password: the dashboard signs in by its own identity.</summary>
public sealed class IdentitySignInTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly EntraDouble _entra = new(Clock);
    private readonly AcrExchange _exchange = new(Clock);
    private readonly AcrDouble _acr;
    private IntegrationRoom _room = null!;
    private long _id;

    public IdentitySignInTests() => _acr = new AcrDouble { Identities = _exchange };

    [Fact]
    public async Task AnIdentityThatReadsIsChosenAfterTheSameTestAndNoPasswordIsStored()
    {
        var steps = await EnableAsync();

        Assert.Equal(["Reach Passed", "Challenge Passed", "Token Passed", "Catalogue Passed", "Manifest Passed", "Store Passed"], steps.Select(step => $"{step.Stage} {step.State}"));
        Assert.All(steps, step => Assert.Equal((0, ""), (step.Commands.Count, step.Remedy)));
        var row = await _room.RowAsync(_id);
        Assert.Equal((true, IntegrationState.Connected, (string?)null, (DateTime?)_room.Clock.GetUtcNow().UtcDateTime), (row.UsesIdentity, row.State, row.ProtectedToken, row.LastTestAt));
        Assert.NotNull((await _room.Accesses.FindAsync(_id, default))!.Identity);
        await using var db = _room.Database.CreateDbContext();
        Assert.Equal(("ada", "contoso.azurecr.io", ""), await db.Audit.Where(e => e.Action == AuditAction.IdentityChosen).Select(e => ValueTuple.Create(e.Name, e.Subject, e.Detail)).SingleAsync());
    }

    [Theory]
    [InlineData("", false, ConnectionStage.Token, RegistryError.Unauthorized)]
    [InlineData("AcrPull", true, ConnectionStage.Token, RegistryError.Unauthorized)]
    [InlineData("Container Registry Repository Reader", true, ConnectionStage.Catalogue, RegistryError.CatalogDenied)]
    [InlineData("Container Registry Repository Catalog Lister", true, ConnectionStage.Manifest, RegistryError.CatalogDenied)]
    public async Task AMissingRoleFailsItsStepWithTheCommandsThatGiveItAndChangesNothing(string role, bool isAbac, ConnectionStage stage, RegistryError error)
    {
        _exchange.IsAbac = isAbac;
        _exchange.Roles.Clear();
        _exchange.Roles.Add(role);
        await PlaceAsync();

        var steps = await EnableAsync();

        var failed = Assert.Single(steps, step => step.State == ConnectionStepState.Failed);
        Assert.Equal((stage, (RegistryError?)error, IdentityRemedies.For(error)), (failed.Stage, failed.Error, failed.Remedy));
        Assert.DoesNotContain("token", failed.Detail + failed.Remedy, StringComparison.OrdinalIgnoreCase);
        var scope = $"'/subscriptions/{ArmWorld.First}/resourceGroups/rg1/providers/Microsoft.ContainerRegistry/registries/contoso'";
        var who = $"az role assignment create --assignee-object-id {_entra.ObjectId} --assignee-principal-type ServicePrincipal --role";
        Assert.Equal([$"{who} AcrPull --scope {scope}", $"{who} 'Container Registry Repository Reader' --scope {scope}\n{who} 'Container Registry Repository Catalog Lister' --scope {scope}"], failed.Commands.Select(command => command.Text));
        Assert.Equal(("Nothing was changed.", ConnectionStepState.Skipped), (steps[^1].Detail, steps[^1].State));
        var row = await _room.RowAsync(_id);
        Assert.Equal((false, IntegrationState.WaitingForDeployment), (row.UsesIdentity, row.State));
    }

    [Fact]
    public async Task BothRolesOfRepositoriesAreEnoughWhereTheRegistryHasPermissionsOfEach()
    {
        _exchange.IsAbac = true;
        _exchange.Roles.UnionWith(AzureNames.RepositoryRoles);
        Assert.Equal(ConnectionStepState.Passed, (await EnableAsync())[^1].State);
    }

    [Theory]
    [InlineData("AcrPush", "write")]
    [InlineData("Contributor", "write, delete, metadata/write")]
    public async Task AnIdentityThatMayDoMoreThanReadIsTakenAndThatIsTold(string role, string more)
    {
        _exchange.Roles.Add(role);

        var steps = await EnableAsync();

        var token = steps.Single(step => step.Stage == ConnectionStage.Token);
        Assert.Equal(($"The registry accepts the dashboard's identity, which may do more there than read: {more}.", IdentityRemedies.MoreThanReading), (token.Detail, token.Remedy));
        Assert.Equal(ConnectionStepState.Passed, steps[^1].State);
        Assert.DoesNotContain(_exchange.Asked, scope => scope.Contains("push", StringComparison.Ordinal) || scope.Contains("write", StringComparison.Ordinal) || scope.Contains("delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoIsUnknownIsLeftForThePersonToFillIn()
    {
        _entra.Opaque = "opaque-text-of-nobody-knows";

        var failed = (await EnableAsync()).Single(step => step.State == ConnectionStepState.Failed);

        Assert.StartsWith("az role assignment create --assignee-object-id OBJECT_ID --assignee-principal-type ServicePrincipal --role AcrPull --scope \"$(az acr show --name contoso --query id --output tsv)\"", failed.Commands[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("opaque-text", string.Join(' ', failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APersonGetsItsRoleAsOneAndAnotherCloudIsChosenFirst()
    {
        var person = new EntraDouble(Clock) { IsPerson = true };
        await using var room = await IntegrationRoom.CreateAsync(network: _acr, azure: person.Clients());
        var roles = await room.Identity.AskAsync(TestActor.Administrator, await room.AddAsync("contoso.azurecr.us"), default);

        Assert.Null(roles!.Failure);
        Assert.StartsWith($"az cloud set --name AzureUSGovernment\naz role assignment create --assignee-object-id {person.ObjectId} --assignee-principal-type User --role AcrPull", roles.Commands[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, RegistryError.NoIdentity)]
    [InlineData(false, RegistryError.Timeout)]
    public async Task AnIdentityThatNobodyIssuesATokenToIsTold(bool isRefused, RegistryError error)
    {
        _entra.Trouble = isRefused ? new CredentialUnavailableException("No managed identity endpoint found.") : new AuthenticationFailedException("no way", new HttpRequestException("refused"));

        var failed = (await EnableAsync()).Single(step => step.State == ConnectionStepState.Failed);
        var roles = await _room.Identity.AskAsync(TestActor.Administrator, _id, default);

        Assert.Equal((ConnectionStage.Token, (RegistryError?)error), (failed.Stage, failed.Error));
        Assert.NotEmpty(failed.Remedy);
        Assert.Contains(isRefused ? "No managed identity endpoint found." : "no way", roles!.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(2, roles.Commands.Count);
    }

    [Theory]
    [InlineData("none", null, "contoso.azurecr.io", false)]
    [InlineData("managed", null, "contoso.azurecr.io", true)]
    [InlineData("managed", null, "contoso.azurecr.us", true)]
    [InlineData("managed", "government", "contoso.azurecr.io", false)]
    [InlineData("managed", "government", "contoso.azurecr.us", true)]
    [InlineData("managed", null, "registry.example.com", false)]
    public async Task OnlyARegistryOfTheIdentitysOwnCloudIsSignedInTo(string identity, string? cloud, string host, bool isPossible)
    {
        await using var room = await IntegrationRoom.CreateAsync("registry.example.com", network: _acr, azure: _entra.Clients(new AzureOptions { Identity = identity, Cloud = cloud }));
        var id = await room.AddAsync(host);

        Assert.Equal(isPossible, room.Identity.IsPossible(room.Host(host)));
        Assert.Equal(isPossible, room.Accesses.ByIdentity(room.Host(host)) is not null);
        Assert.Equal(isPossible, await room.Identity.AskAsync(TestActor.Administrator, id, default) is not null);
    }

    [Fact]
    public async Task SwitchingFromATokenErasesItAndAllThatIsKnownOfItAndNothingElse()
    {
        await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, "the old one", new DateOnly(2026, 11, 26), "password1", default);
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
        await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, "the old one", new DateOnly(2027, 1, 1), "password1", default);
        var before = await _room.RowAsync(_id);
        _exchange.Roles.Clear();

        await EnableAsync();

        var row = await _room.RowAsync(_id);
        Assert.Equal((false, before.ProtectedToken, before.TokenExpiresOn, before.TokenPassword, before.State), (row.UsesIdentity, row.ProtectedToken, row.TokenExpiresOn, row.TokenPassword, row.State));
        Assert.Equal("the old one", (await _room.Accesses.FindAsync(_id, default))!.Credentials.Password);
    }

    [Fact]
    public async Task SwitchingBackNeedsATokenThatWorks()
    {
        await EnableAsync();
        _acr.Accepts = password => password == "right";

        await _room.Connections.EnableAsync(TestActor.Administrator, _id, new RegistryCredentials(AzureNames.Token, "wrong"), null, default).ToListAsync();
        Assert.True((await _room.RowAsync(_id)).UsesIdentity);
        Assert.NotNull((await _room.Accesses.FindAsync(_id, default))!.Identity);

        await _room.Connections.EnableAsync(TestActor.Administrator, _id, new RegistryCredentials(AzureNames.Token, "right"), null, default).ToListAsync();
        Assert.False((await _room.RowAsync(_id)).UsesIdentity);
        var access = (await _room.Accesses.FindAsync(_id, default))!;
        Assert.Equal((null, "right"), (access.Identity, access.Credentials.Password));
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

    [Fact]
    public async Task ARegistryThatIsRemovedDuringTheTestIsNotSignedInTo()
    {
        ConnectionStep? last = null;
        await foreach (var step in _room.Connections.EnableIdentityAsync(TestActor.Administrator, _id, default))
        {
            last = step;
            if (step is { Stage: ConnectionStage.Catalogue, State: ConnectionStepState.Running })
            {
                await _room.Removals.RemoveAsync(TestActor.Administrator, _id, eraseResults: false, default);
            }
        }

        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Failed), (last!.Stage, last.State));
        Assert.False((await _room.RowAsync(_id)).UsesIdentity);
    }

    [Fact]
    public async Task AnotherOrganizationNeitherSwitchesNorAsks()
    {
        Assert.Equal(ConnectionStepState.Failed, Assert.Single(await _room.Connections.EnableIdentityAsync(TestActor.Stranger, _id, default).ToListAsync()).State);
        Assert.Null(await _room.Identity.AskAsync(TestActor.Stranger, _id, default));
        Assert.Empty(_entra.Issued);
    }

    [Fact]
    public void EachErrorHasARemedyThatKnowsOfNoToken() => Assert.All(Enum.GetValues<RegistryError>().Except([RegistryError.TokenDisabled]), error =>
    {
        Assert.NotEmpty(IdentityRemedies.For(error));
        Assert.DoesNotContain("token", IdentityRemedies.For(error), StringComparison.OrdinalIgnoreCase);
    });

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr, azure: _entra.Clients());
        _id = await _room.AddAsync("contoso.azurecr.io");
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        _acr.Dispose();
    }

    private Task PlaceAsync() => SetAsync(set => set.SetProperty(i => i.AzureSubscription, ArmWorld.First).SetProperty(i => i.ResourceGroup, "rg1").SetProperty(i => i.Location, "westeurope"));

    private async Task SetAsync(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Integration>> set)
    {
        await using var db = _room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set);
    }

    private Task<List<ConnectionStep>> EnableAsync() => EndAsync(_room.Connections.EnableIdentityAsync(TestActor.Administrator, _id, default));

    private Task<List<ConnectionStep>> TestAsync() => EndAsync(_room.Connections.TestAsync(TestActor.Administrator, _id, default));

    private static async Task<List<ConnectionStep>> EndAsync(IAsyncEnumerable<ConnectionStep> steps) => await steps.Where(step => step.State != ConnectionStepState.Running).ToListAsync();
}
