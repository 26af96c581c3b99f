using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure connect --passwordless</c>: connected by the dashboard's own identity.</summary>
public sealed class AzurePasswordlessTests : IAsyncLifetime
{
    private AzureShellRig _rig = null!;

    [Fact]
    public async Task ItDeploysTestsTheIdentityAndMakesNoPassword()
    {
        var run = await ConnectAsync("--passwordless");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("contoso.azurecr.io is connected.\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Token: Passed. The registry accepts the dashboard's identity.", run.Error, StringComparison.Ordinal);
        Assert.Contains("RegistryToken: Passed. No token is made: the dashboard signs in by its own identity.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(AzureNames.Token, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("The template's token", run.Error, StringComparison.Ordinal);
        Assert.Null(_rig.Arm.World.Find(TokenId));
        AssertNoPasswordWasMade();
        var row = await RowAsync();
        Assert.Equal((true, null, IntegrationState.Connected, null), (row.UsesIdentity, row.ProtectedToken, row.State, row.TokenExpiresOn));
        await using var db = _rig.Database();
        Assert.Equal((Environment.UserName, "contoso.azurecr.io"), await db.Audit.Where(line => line.Action == AuditAction.IdentityChosen).Select(line => ValueTuple.Create(line.Name, line.Subject)).SingleAsync());
    }

    [Fact]
    public async Task AMissingRoleEndsWithItsCommandAndIsGoneOnFrom()
    {
        _rig.Acr.Identities!.Roles.Clear();

        var refused = await ConnectAsync("--passwordless");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("Token: Failed. The registry does not accept the dashboard's identity.", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"\n  az role assignment create --assignee-object-id {new EntraDouble(TimeProvider.System).ObjectId} --assignee-principal-type ServicePrincipal --role AcrPull --scope '/subscriptions/", refused.Error, StringComparison.Ordinal);
        Assert.Equal((false, IntegrationState.WaitingForToken), ((await RowAsync()).UsesIdentity, (await RowAsync()).State));

        _rig.Acr.Identities.Roles.Add("AcrPull");
        Assert.Equal(0, (await ConnectAsync("--passwordless")).ExitCode);
        AssertNoPasswordWasMade();
    }

    [Theory]
    [InlineData("LegacyRegistryPermissions", "AcrPull", "Container Registry Repository Reader")]
    [InlineData("AbacRepositoryPermissions", "Container Registry Repository Reader", "AcrPull")]
    public async Task WhereAzureTellsHowTheRegistryGivesPermissionsOnlyTheRolesThatCountAreShown(string mode, string shown, string other)
    {
        _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.ContainerRegistry/registries")["properties"]!["roleAssignmentMode"] = mode;
        _rig.Acr.Identities!.Roles.Clear();

        var commands = (await ConnectAsync("--passwordless")).Error.Split('\n').Where(line => line.Contains("role assignment create", StringComparison.Ordinal)).ToList();

        Assert.Contains(commands, line => line.Contains(shown, StringComparison.Ordinal));
        Assert.DoesNotContain(commands, line => line.Contains(other, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--passwordless")]
    [InlineData("--yes")]
    public async Task ConnectedByTheIdentityItStaysSoAlsoWhereTheWishIsNotRepeated(string option)
    {
        await ConnectAsync("--passwordless");

        Assert.Equal(0, (await ConnectAsync(option)).ExitCode);

        AssertNoPasswordWasMade();
        Assert.True((await RowAsync()).UsesIdentity);
        await using var db = _rig.Database();
        Assert.Single(await db.Audit.Where(line => line.Action == AuditAction.IdentityChosen).ToListAsync());
    }

    [Fact]
    public async Task WhereTheIdentityIsRefusedLaterNoTokenTakesItsPlaceUnasked()
    {
        await ConnectAsync("--passwordless");
        _rig.Acr.Identities!.Roles.Clear();

        var run = await ConnectAsync();

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Mend what the test names, or run again with --token.", run.Error, StringComparison.Ordinal);
        AssertNoPasswordWasMade();
        Assert.True((await RowAsync()).UsesIdentity);
    }

    [Fact]
    public async Task ATokenGivesWayOnlyToAnIdentityThatWorks()
    {
        await ConnectAsync();
        var before = (await RowAsync()).ProtectedToken;
        _rig.Acr.Identities!.Roles.Clear();
        Assert.Equal(3, (await ConnectAsync("--passwordless")).ExitCode);
        Assert.Equal((false, before), ((await RowAsync()).UsesIdentity, (await RowAsync()).ProtectedToken));

        _rig.Acr.Identities.Roles.Add("AcrPull");
        var run = await ConnectAsync("--passwordless");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"The template's token is not used. Unless somebody else does: az acr token delete --registry contoso --name {AzureNames.Token} --yes", run.Error, StringComparison.Ordinal);
        Assert.Equal((true, null), ((await RowAsync()).UsesIdentity, (await RowAsync()).ProtectedToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheIdentityGivesWayToATokenOnlyWhereThatIsAskedForAndAlsoWhereThereIsNone(bool hadOne)
    {
        if (hadOne)
        {
            await ConnectAsync();
        }

        await ConnectAsync("--passwordless");
        Assert.Equal(hadOne, _rig.Arm.World.Find(TokenId) is not null);

        var run = await ConnectAsync("--token", "--expires", "30");

        Assert.Equal(0, run.ExitCode);
        var row = await RowAsync();
        Assert.Equal((false, IntegrationState.Connected), (row.UsesIdentity, row.State));
        Assert.NotNull(row.TokenPassword);
        Assert.NotNull(row.ProtectedToken);
        Assert.NotNull(row.TokenExpiresOn);
    }

    [Fact]
    public async Task ATokenThatFailsItsTestLeavesTheIdentity()
    {
        await ConnectAsync("--passwordless");
        _rig.Acr.Accepts = _ => false;

        Assert.Equal(3, (await ConnectAsync("--token")).ExitCode);

        Assert.Equal((true, null), ((await RowAsync()).UsesIdentity, (await RowAsync()).ProtectedToken));
        Assert.Empty(_rig.Arm.World.Find(TokenId)!["properties"]!["credentials"]!["passwords"]!.AsArray());
        _rig.Acr.Accepts = _ => true;
        Assert.Equal(0, (await ConnectAsync()).ExitCode);
        Assert.True((await RowAsync()).UsesIdentity);
        Assert.Equal(1, (await ConnectAsync("--token", "--passwordless")).ExitCode);
    }

    [Fact]
    public async Task ConnectingAgainMakesNoTokenThatNobodyWants()
    {
        await ConnectAsync("--passwordless");

        Assert.Equal(0, (await ConnectAsync()).ExitCode);

        Assert.Null(_rig.Arm.World.Find(TokenId));
    }

    [Fact]
    public async Task StatusTellsTheIdentityAndMissesNoToken()
    {
        await ConnectAsync("--passwordless");

        var run = await _rig.RunAsync("status");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("contoso.azurecr.io: Connected, the dashboard's own identity\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APasswordThatIsNotMadeHasNoEnd()
    {
        Assert.Equal(1, (await ConnectAsync("--passwordless", "--expires", "30")).ExitCode);
        await using var db = _rig.Database();
        Assert.Empty(await db.Integrations.ToListAsync());
    }

    public async Task InitializeAsync()
    {
        _rig = await AzureShellRig.CreateAsync();
        _rig.Arm.World.AddRegistry("contoso");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private string TokenId => $"{_rig.Arm.World.Resources.Keys.Single(id => id.EndsWith("/registries/contoso", StringComparison.Ordinal))}/tokens/{AzureNames.Token}";

    private Task<ShellRun> ConnectAsync(params string[] options) => _rig.RunAsync(["connect", "contoso", "--yes", .. options.Except(["--yes"])]);

    private void AssertNoPasswordWasMade() => Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.EndsWith("/generateCredentials", StringComparison.Ordinal));

    private async Task<Integration> RowAsync()
    {
        await using var db = _rig.Database();
        return await db.Integrations.SingleAsync();
    }
}
