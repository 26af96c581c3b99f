using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

public sealed class TemplateEndpointTests
{
    [Fact]
    public async Task ThePortalsPageReadsATemplateWithoutSignInAndAcrossOrigins()
    {
        await using var app = new ScoutApp { Settings = { ["Scout:PublicUrl"] = "https://scout.example.com/" } };
        await app.SetUpAsync();
        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname));
        var id = (await app.Services.GetRequiredService<IntegrationService>().AddAsync(await app.ActorAsync(), hostname, CancellationToken.None)).IntegrationId;
        var plan = await app.Services.GetRequiredService<DeploymentPlanner>().ShowAsync(await app.ActorAsync(), id, CancellationToken.None);

        using var browser = app.Client();
        using var answer = await browser.GetAsync(plan!.TemplatePath);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        using var template = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("contoso", template.RootElement.GetProperty("parameters").GetProperty("RegistryName").GetProperty("defaultValue").GetString());
    }

    [Fact]
    public async Task AnUnknownKeyIsNotFoundAndThePreflightTellsNothing()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        using var client = app.Client();
        var path = $"/templates/{UrlKey.Create()}/acr-integration.json";
        using var unknown = await client.GetAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, ""), (unknown.StatusCode, await unknown.Content.ReadAsStringAsync()));
        Assert.Equal("*", unknown.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var preflight = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, path));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("GET, OPTIONS", string.Join(", ", preflight.Headers.GetValues("Access-Control-Allow-Methods")));
    }

    [Fact]
    public async Task WhoTriesKeysIsTurnedAway()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        using var client = app.Client();
        // However slow the machine is, some minute sees more than the limit.
        var code = HttpStatusCode.NotFound;
        var requests = 0;
        for (; requests < 20 * TemplateEndpoint.RequestsPerMinute && code == HttpStatusCode.NotFound; requests++)
        {
            using var answer = await client.GetAsync($"/templates/{UrlKey.Create()}/acr-integration.json");
            code = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, code);
        Assert.True(requests > TemplateEndpoint.RequestsPerMinute, "The portal's own requests would be turned away.");
    }
}
