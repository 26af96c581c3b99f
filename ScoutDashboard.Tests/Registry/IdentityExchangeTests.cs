using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary>Signing in to a registry by an identity of Entra ID, against a double that refuses what ACR refuses.</summary>
public sealed class IdentityExchangeTests : IDisposable
{
    private const string Audience = "https://containerregistry.azure.net/.default";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly EntraDouble _entra;
    private readonly AcrExchange _exchange;
    private readonly AcrDouble _acr;
    private readonly RegistryClient _client;
    private readonly RegistryAccess _access;

    public IdentityExchangeTests()
    {
        (_entra, _exchange) = (new EntraDouble(_clock), new AcrExchange(_clock));
        _acr = new AcrDouble { Identities = _exchange };
        _client = TestRegistryClient.Create("login.example.com", _acr, _clock);
        _access = By(_entra);
    }

    [Fact]
    public async Task AnIdentityListsReadsAndAsksForNothingButThat()
    {
        Assert.Equal(["team/app"], await _client.ListRepositoriesAsync(_access, default).ToListAsync());
        Assert.True(await _client.CheckPullAsync(_access, "team/app", default));

        Assert.Equal(["registry:catalog:*", "repository:team/app:metadata_read", "repository:team/app:pull"], _exchange.Asked);
        Assert.Equal(1, _exchange.Exchanges);
    }

    [Fact]
    public async Task NoTokenIsEverInAnAddressAndTheEntraTokenIsInNoHeader()
    {
        await _client.CheckTokenAsync(_access, default);
        await _client.CheckPullAsync(_access, "team/app", default);

        string[] secrets = [.. _entra.Issued, .. _exchange.RefreshTokens, .. _exchange.AccessTokens];
        Assert.True(secrets.Length >= 4);
        Assert.All(_acr.Requests, request => Assert.All(secrets, secret => Assert.DoesNotContain(secret, request.Address.OriginalString, StringComparison.Ordinal)));
        Assert.All(_acr.Requests, request => Assert.All([.. _entra.Issued, .. _exchange.RefreshTokens], secret => Assert.DoesNotContain(secret, request.Authorization ?? "", StringComparison.Ordinal)));
        Assert.All(_acr.Requests, request => Assert.Equal("contoso.azurecr.io", request.Address.Host));
        Assert.DoesNotContain(_acr.Requests, request => request.Address.AbsolutePath.StartsWith("/oauth2/", StringComparison.Ordinal) && (request.Method != HttpMethod.Post || request.Authorization is not null || request.Address.Query.Length > 0));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, _access.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task TokensAreHeldUntilShortlyBeforeTheirEnd()
    {
        await ListAsync();
        _clock.Advance(TimeSpan.FromMinutes(59));
        await ListAsync();
        Assert.Equal((1, 1), (_exchange.Exchanges, _exchange.Asked.Count));

        // Access tokens are held for an hour at most, though these would last longer; the refresh token still works.
        _clock.Advance(TimeSpan.FromMinutes(1));
        await ListAsync();
        Assert.Equal((1, 2), (_exchange.Exchanges, _exchange.Asked.Count));

        _clock.Advance(TimeSpan.FromHours(2));
        await ListAsync();
        Assert.Equal((2, 3), (_exchange.Exchanges, _exchange.Asked.Count));
    }

    [Fact]
    public async Task ARefreshTokenThatEndedBeforeItsTimeIsExchangedAnewOnce()
    {
        await ListAsync();
        _exchange.Revoke();

        Assert.True(await _client.CheckPullAsync(_access, "team/app", default));
        Assert.Equal(2, _exchange.Exchanges);
    }

    [Fact]
    public async Task AnAccessTokenThatIsRefusedIsAskedForAnewOnce()
    {
        await ListAsync();
        _exchange.RevokeAccess();

        await ListAsync();
        Assert.Equal(2, _exchange.Asked.Count);
    }

    [Fact]
    public async Task ARoleThatIsGivenLaterWorksAlthoughTokensAreHeld()
    {
        (_exchange.IsAbac, var roles) = (true, _exchange.Roles);
        roles.Add("Container Registry Repository Reader");
        Assert.Equal(RegistryError.CatalogDenied, (await RefusedAsync(ListAsync)).Error);
        Assert.True(await _client.CheckPullAsync(_access, "team/app", default));

        roles.Add("Container Registry Repository Catalog Lister");
        _clock.Advance(TimeSpan.FromMinutes(1));

        await ListAsync();
    }

    [Fact]
    public async Task ATestSeesThatARoleWasTakenAlthoughTokensThatAreHeldStillWork()
    {
        _exchange.IsAbac = true;
        _exchange.Roles.UnionWith(["Container Registry Repository Reader", "Container Registry Repository Catalog Lister"]);
        await ListAsync();
        _exchange.Roles.Remove("Container Registry Repository Catalog Lister");
        await ListAsync();

        await _client.CheckTokenAsync(_access, default);

        Assert.Equal(RegistryError.CatalogDenied, (await RefusedAsync(ListAsync)).Error);
    }

    [Theory]
    [InlineData("AcrPull", false, "read")]
    [InlineData("AcrPush", false, "read,write")]
    [InlineData("Contributor", false, "read,write,delete,metadata/read,metadata/write")]
    [InlineData("Container Registry Repository Reader", true, "read")]
    public async Task WhatTheIdentityMayDoIsToldByTheRegistryWithoutAskingForIt(string role, bool isAbac, string actions)
    {
        _exchange.IsAbac = isAbac;
        _exchange.Roles.Clear();
        _exchange.Roles.Add(role);

        Assert.Equal(actions.Split(','), await _client.CheckTokenAsync(_access, default));
        Assert.Empty(_exchange.Asked);
    }

    [Theory]
    [InlineData("AcrPull", true)]
    [InlineData("Container Registry Repository Reader", false)]
    [InlineData("", false)]
    public async Task AnIdentityWithoutARoleThatCountsIsRefused(string role, bool isAbac)
    {
        _exchange.IsAbac = isAbac;
        _exchange.Roles.Clear();
        _exchange.Roles.Add(role);

        var refused = await RefusedAsync(ListAsync);

        Assert.Equal(RegistryError.Unauthorized, refused.Error);
        Assert.StartsWith("The registry does not accept the dashboard's identity. It said: authentication required", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheRegistryRefusesAnotherTenantsIdentityAndATokenForAnotherAudience()
    {
        Assert.Equal(RegistryError.Unauthorized, (await RefusedAsync(() => _client.CheckTokenAsync(By(new EntraDouble(_clock) { Tenant = Guid.NewGuid() }), default))).Error);

        var graph = Sign(async leaving => (await _entra.GetTokenAsync(new(["https://graph.microsoft.com/.default"]), leaving)).Token);
        Assert.Equal(RegistryError.Unauthorized, (await RefusedAsync(() => _client.CheckTokenAsync(graph, default))).Error);
    }

    [Fact]
    public async Task ARegistryThatTakesNoTokensForTheResourceManagerTakesTheIdentitys()
    {
        _exchange.TakesArmTokens = false;
        await _client.CheckTokenAsync(_access, default);
        Assert.Contains("containerregistry.azure.net", JwtPayload.TryRead(_entra.Issued.Single())!.Value.GetProperty("aud").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example.com/oauth2/token")]
    [InlineData("https://login.example.com/oauth2/token")]
    [InlineData("http://contoso.azurecr.io/oauth2/token")]
    [InlineData("https://contoso.azurecr.io:8443/oauth2/token")]
    [InlineData("https://contoso.azurecr.io@evil.example.com/")]
    [InlineData("https://user@contoso.azurecr.io/oauth2/token")]
    [InlineData("nowhere")]
    public async Task NoRealmButTheRegistrysOwnGetsATokenNotEvenOneThatAdministratorsAllow(string realm)
    {
        _acr.Api = () => AcrDouble.ChallengeOf(realm);

        Assert.Equal(RegistryError.UntrustedRealm, (await RefusedAsync(() => _client.CheckTokenAsync(_access, default))).Error);
        Assert.Empty(_entra.Issued);
        Assert.DoesNotContain(_acr.Requests, request => request.Method == HttpMethod.Post);
    }

    [Fact]
    public async Task AnotherRegistryThanAzuresNeverGetsAToken()
    {
        Assert.True(RegistryHostname.TryParse("login.example.com", ["login.example.com"], out var host));
        _acr.Api = () => AcrDouble.ChallengeOf("https://login.example.com/token");

        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.CheckTokenAsync(By(_entra, host), default));
        Assert.DoesNotContain(_acr.Requests, request => request.Method == HttpMethod.Post);
    }

    public static TheoryData<string, RegistryError> Answers() => new()
    {
        { "endless", RegistryError.TooLarge }, { "no json", RegistryError.BadResponse }, { "empty", RegistryError.BadResponse }, { "no token", RegistryError.BadResponse }, { "a list", RegistryError.BadResponse },
        { "spaces in it", RegistryError.BadResponse }, { "breaks off", RegistryError.Truncated }, { "redirect", RegistryError.BadResponse }, { "firewall", RegistryError.Unauthorized },
        { "bad request", RegistryError.Unauthorized }, { "throttled", RegistryError.Throttled }, { "down", RegistryError.ServerError },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task WhateverTheExchangeAnswersIsToldWithoutASecret(string answer, RegistryError error)
    {
        _exchange.Trouble = () => answer switch
        {
            "endless" => new(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) },
            "no json" => AcrDouble.Json("<html>", "text/html"),
            "empty" => AcrDouble.Json(""),
            "no token" => AcrDouble.Json("""{"refresh_token":null}"""),
            "a list" => AcrDouble.Json("""["refresh_token"]"""),
            "spaces in it" => AcrDouble.Json("""{"refresh_token":"a\r\nb"}"""),
            "breaks off" => new(HttpStatusCode.OK) { Content = new StreamContent(new Broken()) },
            "redirect" => new(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new Uri("https://evil.example.com/") } },
            "firewall" => AcrDouble.Error(HttpStatusCode.Forbidden, "client with IP '192.0.2.7' is not allowed access."),
            "bad request" => AcrDouble.Error(HttpStatusCode.BadRequest, "invalid"),
            "throttled" => new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromMinutes(1)) } },
            _ => new(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new(TimeSpan.FromMinutes(1)) } },
        };

        Assert.Equal(error, (await RefusedAsync(ListAsync)).Error);
        Assert.DoesNotContain(_acr.Requests, request => request.Address.Host != "contoso.azurecr.io");
    }

    [Fact]
    public async Task ARegistryThatRepeatsTheTokenIsNotQuoted()
    {
        _exchange.Trouble = () => AcrDouble.Error(HttpStatusCode.Unauthorized, $"no such token: {_entra.Issued.Last()}");
        Assert.Equal("The registry does not accept the dashboard's identity.", (await RefusedAsync(ListAsync)).Message);
    }

    [Fact]
    public async Task ARefreshTokenOfUnknownFormIsHeldForMinutesAndTellsNoRights()
    {
        _exchange.Trouble = () => AcrDouble.Json("""{"refresh_token":"opaque"}""");
        Assert.Empty(await _client.CheckTokenAsync(_access, default));
    }

    [Theory]
    [InlineData("""{"permissions":"all"}""")]
    [InlineData("""{"permissions":{"actions":"read"}}""")]
    [InlineData("""{"permissions":{"actions":[1,null,{}]}}""")]
    [InlineData("""{"exp":"soon"}""")]
    [InlineData("""[]""")]
    public async Task ClaimsOfAnotherFormTellNothing(string claims)
    {
        _exchange.Trouble = () => AcrDouble.Json($$"""{"refresh_token":"h.{{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}}.s"}""");
        Assert.Empty(await _client.CheckTokenAsync(_access, default));
    }

    public void Dispose() => _acr.Dispose();

    private static RegistryAccess By(EntraDouble entra, RegistryHostname? host = null) => Sign(async leaving => (await entra.GetTokenAsync(new([Audience]), leaving)).Token, host);

    private static RegistryAccess Sign(Func<CancellationToken, Task<string>> token, RegistryHostname? host = null)
    {
        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var contoso));
        return RegistryAccess.By(new RegistryIdentity("the tests", token), host ?? contoso);
    }

    private async Task ListAsync() => Assert.Equal(["team/app"], await _client.ListRepositoriesAsync(_access, default).ToListAsync());

    private async Task<RegistryException> RefusedAsync(Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RegistryException>(call);
        Assert.All([.. _entra.Issued, .. _exchange.RefreshTokens, .. _exchange.AccessTokens], secret => Assert.DoesNotContain(secret, exception.ToString(), StringComparison.Ordinal));
        return exception;
    }

    private sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            return new(buffer.Length);
        }
    }

    private sealed class Broken : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("reset");
    }
}
