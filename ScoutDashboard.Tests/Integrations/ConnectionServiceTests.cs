using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

public sealed class ConnectionServiceTests
{
    private static readonly RegistryCredentials Credentials = new("docker-scout-readonly-token", TestSecrets.Of("registry token"));

    [Fact]
    public async Task ATokenThatWorksIsStoredProtectedAndTheRegistryIsConnected()
    {
        await using var room = await IntegrationRoom.CreateAsync(network: new AcrDouble());
        var id = await room.AddAsync("contoso.azurecr.io");
        var steps = await EndAsync(room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None));
        Assert.All(steps, step => Assert.Equal(ConnectionStepState.Passed, step.State));
        Assert.Equal(Enum.GetValues<ConnectionStage>().Where(stage => stage != ConnectionStage.Make), steps.Select(step => step.Stage));

        var row = await room.RowAsync(id);
        Assert.Equal((IntegrationState.Connected, (DateTime?)room.Clock.GetUtcNow().UtcDateTime), (row.State, row.LastTestAt));
        Assert.DoesNotContain(TestSecrets.Of("registry token"), row.ProtectedToken, StringComparison.Ordinal);
        Assert.Equal(TestSecrets.Of("registry token"), (await room.Accesses.FindAsync(id, CancellationToken.None))!.Credentials.Password);
    }

    public static TheoryData<string, ConnectionStage, RegistryError> Faults => new()
    {
        { "no host", ConnectionStage.Reach, RegistryError.HostNotFound },
        { "refused", ConnectionStage.Reach, RegistryError.ConnectionRefused },
        { "certificate", ConnectionStage.Reach, RegistryError.Tls },
        { "slow", ConnectionStage.Reach, RegistryError.Timeout },
        { "website", ConnectionStage.Challenge, RegistryError.NotARegistry },
        { "foreign realm", ConnectionStage.Challenge, RegistryError.UntrustedRealm },
        { "wrong password", ConnectionStage.Token, RegistryError.Unauthorized },
        { "disabled", ConnectionStage.Token, RegistryError.TokenDisabled },
        { "throttled", ConnectionStage.Token, RegistryError.Throttled },
        { "no catalogue", ConnectionStage.Catalogue, RegistryError.CatalogDenied },
        { "no pull", ConnectionStage.Manifest, RegistryError.PullDenied },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task EachFaultFailsItsStepWithItsRemedyAndStoresNothing(string fault, ConnectionStage stage, RegistryError error)
    {
        await using var room = await IntegrationRoom.CreateAsync(network: Faulty(fault));
        var id = await room.AddAsync("contoso.azurecr.io");
        await room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, CancellationToken.None);
        var steps = await EndAsync(room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None));

        var failed = Assert.Single(steps, step => step.State == ConnectionStepState.Failed);
        Assert.Equal((stage, (RegistryError?)error), (failed.Stage, failed.Error));
        Assert.NotEmpty(failed.Remedy);
        Assert.DoesNotContain(TestSecrets.Of("registry token"), failed.Detail, StringComparison.Ordinal);
        Assert.All(steps.Where(step => step.Stage > failed.Stage), step => Assert.Equal(ConnectionStepState.Skipped, step.State));
        var row = await room.RowAsync(id);
        Assert.Equal((IntegrationState.WaitingForToken, null, null), (row.State, row.ProtectedToken, row.StateReason));
    }

    [Fact]
    public void EachErrorHasARemedyAndThoseOfThePersonsOwnAreTheirOwn()
    {
        Assert.All(Enum.GetValues<RegistryError>(), error => Assert.NotEmpty(Remedies.For(error)));
        RegistryError[] told = [RegistryError.HostNotFound, RegistryError.Tls, RegistryError.NotARegistry, RegistryError.Unauthorized, RegistryError.TokenDisabled,
            RegistryError.CatalogDenied, RegistryError.PullDenied, RegistryError.Throttled, RegistryError.Timeout];
        Assert.Equal(told.Length, told.Select(Remedies.For).Distinct().Count());
    }

    [Fact]
    public async Task AWrongNewTokenLeavesTheOldOneInPlace()
    {
        var acr = new AcrDouble();
        await using var room = await IntegrationRoom.CreateAsync(network: acr);
        var id = await room.ConnectAsync("contoso.azurecr.io", TestSecrets.Of("old registry token"));
        acr.Token = () => AcrDouble.Error(HttpStatusCode.Unauthorized, "invalid username/password");
        await EndAsync(room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None));
        Assert.Equal(TestSecrets.Of("old registry token"), (await room.Accesses.FindAsync(id, CancellationToken.None))!.Credentials.Password);
        Assert.Equal(IntegrationState.Connected, (await room.RowAsync(id)).State);
    }

    [Fact]
    public async Task AReplacedTokenKeepsRepositoriesResultsAndTheWebhookAndForgetsTheOldOnesLastDay()
    {
        await using var room = await IntegrationRoom.CreateAsync(network: new AcrDouble());
        var id = await room.AddAsync("contoso.azurecr.io");
        await room.Tokens.StoreAsync(TestActor.Administrator, id, room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("old registry token"), new DateOnly(2026, 12, 1), CancellationToken.None);
        var repository = await room.Database.AddRepositoryAsync("team/app");
        var before = await room.RowAsync(id);

        await EndAsync(room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None));

        var after = await room.RowAsync(id);
        Assert.Equal((TestSecrets.Of("registry token"), null, IntegrationState.Connected), ((await room.Accesses.FindAsync(id, CancellationToken.None))!.Credentials.Password, after.TokenExpiresOn, after.State));
        Assert.Equal(before.WebhookKeyHash.Concat(before.TemplateKeyHash), after.WebhookKeyHash.Concat(after.TemplateKeyHash));
        Assert.Equal((before.ProtectedWebhookKey, before.ProtectedTemplateKey), (after.ProtectedWebhookKey, after.ProtectedTemplateKey));
        await using var db = room.Database.CreateDbContext();
        Assert.True((await db.Repositories.FindAsync(repository))!.Enabled);
        Assert.Equal(["TokenStored docker-scout-readonly-token, expires on 2026-12-01", "TokenReplaced docker-scout-readonly-token"],
            db.Audit.Where(e => e.Action == AuditAction.TokenStored || e.Action == AuditAction.TokenReplaced).OrderBy(e => e.Id).AsEnumerable().Select(e => $"{e.Action} {e.Detail}"));
        Assert.DoesNotContain(db.Audit, e => e.Detail.Contains(TestSecrets.Of("registry token")) || e.Detail.Contains(TestSecrets.Of("old registry token")));
    }

    [Fact]
    public async Task ALastDayIsKeptOnlyForATokenThatIsStored()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");

        await room.Tokens.SetExpiryAsync(TestActor.Administrator, id, new DateOnly(2026, 12, 1), CancellationToken.None);

        Assert.Null((await room.RowAsync(id)).TokenExpiresOn);
    }

    [Fact]
    public async Task AnEmptyListPassesButSaysThatANarrowScopeMapLooksTheSame()
    {
        await using var room = await IntegrationRoom.CreateAsync(network: new AcrDouble { Catalog = () => AcrDouble.Json("""{"repositories":null}""") });
        var id = await room.AddAsync("contoso.azurecr.io");
        var steps = await EndAsync(room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None));
        Assert.Equal((ConnectionStepState.Passed, Remedies.EmptyCatalogue), steps.Where(s => s.Stage == ConnectionStage.Catalogue).Select(s => (s.State, s.Remedy)).Single());
        Assert.Equal(ConnectionStepState.Skipped, steps.Single(s => s.Stage == ConnectionStage.Manifest).State);
        Assert.Equal(IntegrationState.Connected, (await room.RowAsync(id)).State);
    }

    [Fact]
    public async Task ARegistryRemovedDuringTheTestGetsNoToken()
    {
        await using var room = await IntegrationRoom.CreateAsync(network: new AcrDouble());
        var id = await room.AddAsync("contoso.azurecr.io");
        ConnectionStep? last = null;
        await foreach (var step in room.Connections.EnableAsync(TestActor.Administrator, id, Credentials, null, CancellationToken.None))
        {
            last = step;
            if (step is { Stage: ConnectionStage.Catalogue, State: ConnectionStepState.Running })
            {
                await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None);
            }
        }

        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Failed), (last!.Stage, last.State));
        Assert.Equal((IntegrationState.Removed, null), ((await room.RowAsync(id)).State, (await room.RowAsync(id)).ProtectedToken));
    }

    [Fact]
    public async Task TestingOnDemandMovesTheStateThereAndBack()
    {
        var acr = new AcrDouble { Token = () => AcrDouble.Error(HttpStatusCode.Unauthorized, "token is disabled") };
        await using var room = await IntegrationRoom.CreateAsync(network: acr);
        var id = await room.ConnectAsync("contoso.azurecr.io");
        room.Clock.Advance(TimeSpan.FromHours(1));
        await EndAsync(room.Connections.TestAsync(TestActor.Administrator, id, CancellationToken.None));
        var broken = await room.RowAsync(id);
        Assert.Equal((IntegrationState.Error, (DateTime?)room.Clock.GetUtcNow().UtcDateTime), (broken.State, broken.LastTestAt));
        Assert.Contains("disabled", broken.StateReason, StringComparison.Ordinal);

        acr.Token = new AcrDouble().Token;
        await EndAsync(room.Connections.TestAsync(TestActor.Administrator, id, CancellationToken.None));
        var mended = await room.RowAsync(id);
        Assert.Equal((IntegrationState.Connected, null), (mended.State, mended.StateReason));
    }

    [Fact]
    public async Task AFaultThatPassesByItselfLeavesTheStateAlone()
    {
        var acr = new AcrDouble { Api = () => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused)) };
        await using var room = await IntegrationRoom.CreateAsync(network: acr);
        var id = await room.ConnectAsync("contoso.azurecr.io");
        var steps = await EndAsync(room.Connections.TestAsync(TestActor.Administrator, id, CancellationToken.None));
        Assert.Contains(steps, step => step.Error == RegistryError.ConnectionRefused);
        Assert.Equal(IntegrationState.Connected, (await room.RowAsync(id)).State);
    }

    [Fact]
    public async Task AnotherOrganizationCanNeitherTestNorEnable()
    {
        await using var room = await IntegrationRoom.CreateAsync(network: new AcrDouble());
        var id = await room.ConnectAsync("contoso.azurecr.io", TestSecrets.Of("old registry token"));
        Assert.Equal(ConnectionStepState.Failed, Assert.Single(await EndAsync(room.Connections.TestAsync(TestActor.Stranger, id, CancellationToken.None))).State);
        Assert.Equal(ConnectionStepState.Failed, Assert.Single(await EndAsync(room.Connections.EnableAsync(TestActor.Stranger, id, Credentials, null, CancellationToken.None))).State);
        Assert.Equal(TestSecrets.Of("old registry token"), (await room.Accesses.FindAsync(id, CancellationToken.None))!.Credentials.Password);
    }

    private static AcrDouble Faulty(string fault) => fault switch
    {
        "no host" => new() { Api = () => throw new HttpRequestException(HttpRequestError.NameResolutionError) },
        "refused" => new() { Api = () => throw new HttpRequestException(HttpRequestError.ConnectionError, "", new SocketException((int)SocketError.ConnectionRefused)) },
        "certificate" => new() { Api = () => throw new HttpRequestException(HttpRequestError.SecureConnectionError, "", new AuthenticationException()) },
        "slow" => new() { Api = () => throw new OperationCanceledException() },
        "website" => new() { Api = () => AcrDouble.Json("<html>", "text/html") },
        "foreign realm" => new() { Api = () => AcrDouble.ChallengeOf("https://evil.example.com/token") },
        "wrong password" => new() { Token = () => AcrDouble.Error(HttpStatusCode.Unauthorized, "invalid username/password") },
        "disabled" => new() { Token = () => AcrDouble.Error(HttpStatusCode.Unauthorized, "the token is disabled") },
        "throttled" => new() { Token = Throttled },
        "no catalogue" => new() { Catalog = () => AcrDouble.Error(HttpStatusCode.Unauthorized, "authentication required") },
        "no pull" => new() { Manifest = () => AcrDouble.Error(HttpStatusCode.Forbidden, "denied") },
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static HttpResponseMessage Throttled()
    {
        var answer = AcrDouble.Error(HttpStatusCode.TooManyRequests, "slow down");
        answer.Headers.RetryAfter = new(TimeSpan.FromMinutes(1));
        return answer;
    }

    private static async Task<IReadOnlyList<ConnectionStep>> EndAsync(IAsyncEnumerable<ConnectionStep> steps)
    {
        var ended = new Dictionary<ConnectionStage, ConnectionStep>();
        await foreach (var step in steps)
        {
            ended[step.Stage] = step;
        }

        return [.. ended.Values];
    }
}
