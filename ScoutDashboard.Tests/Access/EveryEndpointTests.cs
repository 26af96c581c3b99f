using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>A new route is closed unless it stands in the list here.</summary>
public sealed class EveryEndpointTests : IAsyncDisposable
{
    private static readonly string[] Anonymous =
    [
        "/sign-in", "/setup", "/healthz", "/webhooks/eventgrid/{key}", "/templates/{key}/acr-integration.json",
    ];

    private readonly ScoutApp _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void OnlyTheListedRoutesAndStaticFilesAllowAnonymousVisitors()
    {
        using var client = _app.Browser();

        var open = Routes().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null && !IsStaticFile(e))
            .Select(Pattern).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();

        Assert.Empty(open.Except(Anonymous));
    }

    [Fact]
    public async Task EveryOtherRouteSendsAStrangerToSignIn()
    {
        using var stranger = _app.Browser();
        foreach (var route in Routes().Where(e => !IsStaticFile(e) && !Anonymous.Contains(Pattern(e))))
        {
            var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } some ? some : ["GET"];
            foreach (var method in methods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Sample(Pattern(route)));
                using var answer = await stranger.SendAsync(request);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.Unauthorized || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location?.AbsolutePath == "/sign-in"),
                    $"{method} {Pattern(route)} answered a stranger with {(int)answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task AStrangerLearnsNothingFromAnAddressThatDoesNotExist()
    {
        using var stranger = _app.Browser();

        using var answer = await stranger.GetAsync("/no/such/page");

        Assert.Equal("/sign-in", answer.Headers.Location?.AbsolutePath);
    }

    private IEnumerable<RouteEndpoint> Routes() =>
        _app.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.TrimStart('/');

    private static bool IsStaticFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(m => m.GetType().FullName == "Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor");

    // "/images/{ImageId:long}" -> "/images/1"
    private static string Sample(string pattern) => string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? "1" : part));
}
