using Azure.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Integrations without a password: the dashboard signs in by its own identity.</summary>
public sealed class IdentitySignInTests : IdentityTest
{
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
}
