using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Azure;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

/// <summary>What the client makes of answers that fail, are slow, or are meant to harm.</summary>
public sealed class ArmFaultTests : IAsyncLifetime
{
    private readonly HastyClock _clock = new();
    private ArmDouble _arm = null!;
    private ArmClient _client = null!;
    private AzureRegistryId _registry = null!;

    [Theory]
    [InlineData(401, "InvalidAuthenticationToken", ArmError.Unauthorized, "Azure:Cloud")]
    [InlineData(403, "AuthorizationFailed", ArmError.Forbidden, "role")]
    [InlineData(404, "ResourceNotFound", ArmError.NotFound, "deleted or moved")]
    [InlineData(404, "SubscriptionNotFound", ArmError.NotFound, "a role in this subscription")]
    [InlineData(409, "MissingSubscriptionRegistration", ArmError.Conflict, "az provider register")]
    [InlineData(409, "Conflict", ArmError.Conflict, "Wait a minute")]
    [InlineData(429, "TooManyRequests", ArmError.Throttled, "limits requests")]
    [InlineData(503, "ServiceUnavailable", ArmError.ServerError, "Azure's side")]
    [InlineData(400, "InvalidRequest", ArmError.Refused, "Mend")]
    [InlineData(302, "Found", ArmError.BadResponse, "proxy")]
    public async Task EachRefusalIsToldApartWithAzuresWordsAndARemedy(int status, string code, ArmError error, string remedy)
    {
        Answer(status, JsonSerializer.Serialize(new { error = new { code, message = "what Azure says" } }));

        var failed = await FailAsync(() => _client.Registries.GetAsync(_registry, default));

        Assert.Equal((error, code), (failed.Error, failed.Code));
        Assert.Contains("what Azure says", failed.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failed.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryErrorHasARemedy() => Assert.All(Enum.GetValues<ArmError>(), error => Assert.NotEmpty(ArmRemedies.For(error, "")));

    [Theory]
    [InlineData(404, false)]
    [InlineData(403, true)]
    public async Task OnlyWhatIsNotThereIsNothing(int status, bool isFault)
    {
        Answer(status, """{"error":{"code":"X","message":"x"}}""");

        var failed = await Record.ExceptionAsync(() => _client.Tokens.FindAsync(_registry, "t", default));

        Assert.Equal(isFault, failed is ArmException { Error: ArmError.Forbidden });
    }

    // Of a proxy or a gateway, which has not what it was asked for: it tells nothing of what Azure has.
    [Theory]
    [InlineData("")]
    [InlineData("<html>Not found</html>")]
    [InlineData("""{"statusCode":404,"message":"Resource not found"}""")]
    public async Task ANotFoundThatIsNotAzuresIsNoProofThatSomethingIsGone(string body)
    {
        Answer(404, body);

        Assert.Equal(ArmError.BadResponse, (await FailAsync(() => _client.Tokens.FindAsync(_registry, "t", default))).Error);
    }

    [Fact]
    public async Task ThrottledCallsWaitAsAzureSaysAndGoOn()
    {
        var left = 2;
        _arm.Trouble = async context =>
        {
            if (left-- <= 0)
            {
                return false;
            }

            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "7");
            await context.Response.WriteAsync("slow down");
            return true;
        };

        Assert.Equal("contoso", (await _client.Registries.GetAsync(_registry, default)).Id.Name);
        Assert.Equal([7, 7], _clock.Waits.Select(wait => (int)wait.TotalSeconds));
    }

    [Theory]
    [InlineData("86400", 3600)]
    [InlineData("60", 60)]
    public async Task WhoAsksForMorePatienceIsToldOfInstead(string asked, int told)
    {
        _arm.Trouble = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, asked);
            return Task.FromResult(true);
        };

        Assert.Equal(TimeSpan.FromSeconds(told), (await FailAsync(() => _client.Registries.GetAsync(_registry, default))).RetryAfter);
        Assert.Empty(_clock.Waits);
    }

    [Fact]
    public async Task APostIsNotSentTwiceWhenNobodyKnowsWhetherItWasDone()
    {
        Answer(500, "{}");

        Assert.Equal(ArmError.ServerError, (await FailAsync(() => _client.Tokens.GeneratePasswordAsync(_registry, "t", "password1", null, default))).Error);
        Assert.Single(_arm.Calls);
    }

    [Theory]
    [InlineData("https://evil.example/x")]
    [InlineData("//evil.example/x")]
    [InlineData("http://{0}/x")]
    [InlineData("https://user@{0}/x")]
    [InlineData("https://{0}.evil.example/x")]
    [InlineData("https://127.0.0.1:1/x")]
    [InlineData("file:///etc/passwd")]
    public async Task ALinkToAnotherHostIsNotFollowed(string link)
    {
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, link, _arm.Endpoint.Address.Authority);
        Answer(200, JsonSerializer.Serialize(new { value = Array.Empty<object>(), nextLink = target }));
        Assert.Equal(ArmError.UntrustedLink, (await FailAsync(() => _client.Registries.ListAsync(ArmWorld.First, default))).Error);
        foreach (var header in new[] { "Location", "Azure-AsyncOperation" })
        {
            Answer(202, "", header, target);
            Assert.Equal(ArmError.UntrustedLink, (await FailAsync(() => _client.Tokens.DeleteAsync(_registry, "t", default))).Error);
        }

        Assert.Equal(3, _arm.Calls.Count);
    }

    [Fact]
    public void ALinkOfTheSameHostMayBeRelative() => Assert.Equal(new Uri(_arm.Endpoint.Address, "subscriptions?a=1"), _arm.Endpoint.Follow("/subscriptions?a=1"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AListThatDoesNotEndIsNoList(bool isSame)
    {
        var page = 0;
        _arm.Trouble = async context =>
        {
            await context.Response.WriteAsJsonAsync(new { value = Array.Empty<object>(), nextLink = $"{_arm.Endpoint.Address}subscriptions?page={(isSame ? 1 : ++page)}" });
            return true;
        };

        Assert.Equal(ArmError.TooLarge, (await FailAsync(() => _client.Subscriptions.ListAsync(default))).Error);
        Assert.Equal(isSame ? 2 : 100, _arm.Calls.Count);
    }

    [Fact]
    public async Task AnOperationThatDoesNotEndIsGivenUp()
    {
        _arm.Rounds = int.MaxValue;

        Assert.Equal(ArmError.StillRunning, (await FailAsync(() => _client.Tokens.PutAsync(_registry, AzureNames.Token, AzureNames.ScopeMap, default))).Error);
        Assert.InRange(_clock.Waits.Sum(wait => wait.TotalMinutes), 15, 16.1);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("<html>a proxy's page</html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"value\":{}}")]
    [InlineData("{\"value\":\"x\"}")]
    [InlineData("")]
    public async Task WhatIsNoListIsNotTakenForAnEmptyOne(string body)
    {
        Answer(200, body);

        Assert.Equal(ArmError.BadResponse, (await FailAsync(() => _client.Registries.ListAsync(ArmWorld.First, default))).Error);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task AHugeAnswerIsNotRead(int status)
    {
        _arm.Trouble = async context =>
        {
            context.Response.StatusCode = status;
            var junk = new byte[1024 * 1024];
            Array.Fill(junk, (byte)' ');
            for (var megabyte = 0; megabyte < 64 && !context.RequestAborted.IsCancellationRequested; megabyte++)
            {
                await context.Response.Body.WriteAsync(junk);
            }

            return true;
        };

        Assert.Equal(ArmError.TooLarge, (await FailAsync(() => _client.Registries.GetAsync(_registry, default))).Error);
    }

    [Fact]
    public async Task DeeplyNestedJsonIsRefused()
    {
        Answer(200, new StringBuilder().Insert(0, "{\"a\":", 5000).Append('1').Append('}', 5000).ToString());

        Assert.Equal(ArmError.BadResponse, (await FailAsync(() => _client.Registries.GetAsync(_registry, default))).Error);
    }

    [Fact]
    public async Task TheKeyInAnAddressThatAzureRepeatsIsNotShown()
    {
        Answer(400, """{"error":{"code":"Url validation","message":"Webhook validation handshake failed for https://ada:pa55@scout.example.com:8443/webhooks/eventgrid/s3cret-key?x=s3cret. See https://aka.ms/esvalidation."}}""");

        var failed = await FailAsync(() => _client.Registries.GetAsync(_registry, default));

        Assert.DoesNotContain("s3cret", failed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pa55", failed.ToString(), StringComparison.Ordinal);
        Assert.Contains("https://scout.example.com/… See https://aka.ms/esvalidation.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnIdentityThatIsNotThereIsSaidSoAndNothingIsSent()
    {
        var client = _arm.Client(_clock, new Nobody());

        var failed = await FailAsync(() => client.Subscriptions.ListAsync(default));

        Assert.Equal(ArmError.NoIdentity, failed.Error);
        Assert.Contains("No identity here.", failed.Message, StringComparison.Ordinal);
        Assert.Empty(_arm.Calls);
    }

    [Fact]
    public async Task AHostThatDoesNotAnswerIsSaidSo()
    {
        await using var gone = await ArmDouble.StartAsync();
        var client = gone.Client(_clock);
        await gone.DisposeAsync();

        Assert.Equal(ArmError.Unreachable, (await FailAsync(() => client.Subscriptions.ListAsync(default))).Error);
    }

    [Theory]
    [InlineData("GET", "subscriptions?api-version=2022-12-01", false, null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "subscriptions?api-version=1999-01-01", true, null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "subscriptions", true, null, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "{0}/providers/Microsoft.Resources/deployments/d?api-version=2022-09-01", true, """{"location":"westeurope","properties":{"mode":"Incremental","template":{"resources":[]}}}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "{0}/providers/Microsoft.ContainerRegistry/registries/contoso/generateCredentials?api-version=2023-07-01", true, """{"tokenId":"/{0}/providers/Microsoft.ContainerRegistry/registries/contoso/tokens/young"}""", HttpStatusCode.Conflict)]
    public async Task TheDoubleRefusesWhatAzureRefuses(string method, string path, bool isKnown, string? body, HttpStatusCode expected)
    {
        ArmRoutes.MakeToken(_arm.World, $"/{_registry.Path}/tokens/young", "Creating");
        using var http = _arm.Http();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_arm.Endpoint.Address, path.Replace("{0}", _registry.GroupPath, StringComparison.Ordinal)));
        request.Headers.Authorization = isKnown ? new("Bearer", ArmDouble.Token) : null;
        request.Content = body is null ? null : new StringContent(body.Replace("{0}", _registry.GroupPath, StringComparison.Ordinal), Encoding.UTF8, "application/json");

        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    public async Task InitializeAsync()
    {
        _arm = await ArmDouble.StartAsync();
        _client = _arm.Client(_clock);
        Assert.True(AzureRegistryId.TryParse(_arm.World.AddRegistry("contoso"), out _registry!));
    }

    public Task DisposeAsync() => _arm.DisposeAsync().AsTask();

    private void Answer(int status, string body, string? header = null, string? value = null) => _arm.Trouble = async context =>
    {
        context.Response.StatusCode = status;
        if (header is not null)
        {
            context.Response.Headers[header] = value;
        }

        await context.Response.WriteAsync(body);
        return true;
    };

    private static Task<ArmException> FailAsync(Func<Task> call) => Assert.ThrowsAsync<ArmException>(call);

    private sealed class Nobody : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("No identity here.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("No identity here.");
    }
}
