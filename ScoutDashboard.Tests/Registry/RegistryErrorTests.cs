using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Registry.FakeAzure;

namespace ScoutDashboard.Tests.Registry;

/// <summary>What went wrong is told apart, since each has another remedy.</summary>
public sealed class RegistryErrorTests
{
    [Fact]
    public async Task AHostThatDoesNotExistIsNotFound() => Assert.Equal(RegistryError.HostNotFound, await EndpointAsync("registry.invalid"));

    [Fact]
    public async Task APortWhereNobodyListensRefuses()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Bound, but not listening: nobody else gets the port.

        Assert.Equal(RegistryError.ConnectionRefused, await EndpointAsync($"http://{held.LocalEndPoint}"));
    }

    [Fact]
    public async Task AServerWithoutTlsIsATlsError()
    {
        await using var server = await ServeAsync(_ => Results.Ok());

        Assert.Equal(RegistryError.Tls, await EndpointAsync(new Uri(server.Urls.Single()).Authority));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>", RegistryError.NotARegistry)]
    [InlineData(404, "text/plain", "no", RegistryError.NotARegistry)]
    [InlineData(302, "text/plain", "", RegistryError.NotARegistry)]
    [InlineData(401, "text/plain", "", RegistryError.NotARegistry)]
    [InlineData(200, "application/json", "{}", null)]
    public async Task OnlyARegistryIsTakenForOne(int status, string type, string body, RegistryError? error)
    {
        await using var server = await ServeAsync(_ => Results.Text(body, type, statusCode: status));

        Assert.Equal(error, await EndpointAsync(server.Urls.Single()));
    }

    [Theory]
    [InlineData("authentication required, visit https://aka.ms/acr/authorization for more information.", RegistryError.Unauthorized)]
    [InlineData("The token is disabled.", RegistryError.TokenDisabled)]
    [InlineData("The password has expired.", RegistryError.TokenDisabled)]
    public async Task AWrongPasswordIsToldFromADisabledToken(string message, RegistryError error)
    {
        var azure = new FakeAzure { Token = _ => FakeNetwork.Json($$"""{"errors":[{"code":"UNAUTHORIZED","message":"{{message}}"}]}""", HttpStatusCode.Unauthorized) };

        Assert.Equal(error, (await RefusedAsync(() => azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None))).Error);
        Assert.Equal(error, (await RefusedAsync(() => azure.Client.CheckCatalogAsync(azure.Access, CancellationToken.None))).Error);
    }

    [Fact]
    public async Task ARefusedScopeIsToldFromAWrongPassword()
    {
        // ACR answers a scope that is not granted with 401, and no scope with a token.
        var azure = new FakeAzure { Token = request => request.RequestUri!.Query.Contains("scope=", StringComparison.Ordinal) ? FakeNetwork.Json("{}", HttpStatusCode.Unauthorized) : FakeNetwork.Json("""{"access_token":"t"}""") };

        await azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None);
        Assert.Equal(RegistryError.CatalogDenied, (await RefusedAsync(() => azure.Client.CheckCatalogAsync(azure.Access, CancellationToken.None))).Error);
        Assert.Equal(RegistryError.PullDenied, (await RefusedAsync(() => azure.Client.GetManifestAsync(azure.Access, "team/app", "1.0", CancellationToken.None))).Error);
    }

    [Theory]
    [InlineData(403, RegistryError.PullDenied)]
    [InlineData(404, RegistryError.NotFound)]
    [InlineData(418, RegistryError.BadResponse)]
    [InlineData(501, RegistryError.ServerError)]
    public async Task StatusesAreToldApart(int status, RegistryError error)
    {
        var azure = new FakeAzure();
        azure.Answers["/v2/team/app/manifests/1.0"] = () => FakeNetwork.Json("{}", (HttpStatusCode)status);

        Assert.Equal(error, (await RefusedAsync(() => azure.Client.GetManifestAsync(azure.Access, "team/app", "1.0", CancellationToken.None))).Error);
    }

    [Fact]
    public async Task AShortWaitIsWaitedForAndALongOneReported()
    {
        var azure = new FakeAzure();
        var (asked, wait) = (0, "0");
        azure.Answers["/v2/_catalog?n=1"] = () => ++asked % 3 == 0 ? FakeNetwork.Json("""{"repositories":["a"]}""") : FakeNetwork.Json("", HttpStatusCode.TooManyRequests, ("Retry-After", wait));

        Assert.Equal("a", await azure.Client.CheckCatalogAsync(azure.Access, CancellationToken.None));
        Assert.Equal(3, asked);

        wait = "120";
        var refused = await RefusedAsync(() => azure.Client.CheckCatalogAsync(azure.Access, CancellationToken.None));
        Assert.Equal((RegistryError.Throttled, TimeSpan.FromMinutes(2), 4), (refused.Error, refused.RetryAfter, asked));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":"a\r\nX-Injected: b"}""")]
    public async Task AnAnswerWithoutATokenIsRefused(string body)
    {
        var azure = new FakeAzure { Token = _ => FakeNetwork.Json(body) };

        Assert.Equal(RegistryError.BadResponse, (await RefusedAsync(() => azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None))).Error);
    }

    private static async Task<RegistryError?> EndpointAsync(string allowedHost)
    {
        Assert.True(RegistryHostname.TryParse(allowedHost, [allowedHost], out var hostname));
        return (await Record.ExceptionAsync(() => TestRegistryClient.Create(allowedHost).CheckEndpointAsync(hostname, CancellationToken.None)) as RegistryException)?.Error;
    }

    private static async Task<WebApplication> ServeAsync(Func<HttpContext, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/v2/", answer);
        await server.StartAsync();
        return server;
    }
}
