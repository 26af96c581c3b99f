using System.Net;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Asks every route and page as a stranger and in every role; one that does not stand in the table fails the run.</summary>
public sealed class EveryEndpointTests : IAsyncLifetime, IAsyncDisposable
{
    // The lowest role that a route answers; null is anybody.
    private static readonly Dictionary<string, MemberRole?> Table = new(StringComparer.Ordinal)
    {
        ["/sign-in"] = null,
        ["/sign-in/code"] = null,
        ["/sign-in/passkey/options"] = null,
        ["/sign-in/passkey"] = null,
        ["/sign-in/single"] = null,
        ["/sign-in/single/done"] = null,
        ["/sign-out/single"] = null,
        ["/setup"] = null,
        ["/join"] = null,
        ["/healthz"] = null,
        ["/healthz/live"] = null,
        ["/healthz/ready"] = null,
        ["/webhooks/eventgrid/{key}"] = null,
        ["/templates/{key}/acr-integration.json"] = null,
        ["/presence/{nonce}"] = null,

        ["/"] = MemberRole.Viewer,
        ["/images"] = MemberRole.Viewer,
        ["/images/{ImageId:long}"] = MemberRole.Viewer,
        ["/images/{id:long}/sbom.cdx.json"] = MemberRole.Viewer,
        ["/images/{id:long}/sbom.spdx.json"] = MemberRole.Viewer,
        ["/images/{id:long}/findings.csv"] = MemberRole.Viewer,
        ["/images/{id:long}/findings.json"] = MemberRole.Viewer,
        ["/images/{id:long}/findings.sarif"] = MemberRole.Viewer,
        ["/images/find"] = MemberRole.Viewer,
        ["/repositories/{RepositoryId:long}"] = MemberRole.Viewer,
        ["/packages"] = MemberRole.Viewer,
        ["/packages/{ComponentId:long}"] = MemberRole.Viewer,
        ["/exceptions"] = MemberRole.Viewer,
        ["/vulnerabilities"] = MemberRole.Viewer,
        ["/vulnerabilities/{Id}"] = MemberRole.Viewer,
        ["/changes"] = MemberRole.Viewer,
        ["/jobs"] = MemberRole.Viewer,
        ["/integrations"] = MemberRole.Viewer,
        ["/integrations/acr"] = MemberRole.Viewer,
        ["/integrations/acr/{Id:long}"] = MemberRole.Viewer,
        ["/integrations/acr/{Id:long}/repositories"] = MemberRole.Viewer,
        ["/about"] = MemberRole.Viewer,
        ["/settings"] = MemberRole.Viewer,
        ["/settings/password"] = MemberRole.Viewer,
        ["/settings/account"] = MemberRole.Viewer,
        ["/settings/passkeys/options"] = MemberRole.Viewer,
        ["/settings/passkeys"] = MemberRole.Viewer,
        ["/settings/feeds"] = MemberRole.Viewer,
        ["/settings/repositories"] = MemberRole.Viewer,
        ["/not-found"] = MemberRole.Viewer,
        ["/sign-out"] = MemberRole.Viewer,

        ["/settings/members"] = MemberRole.Administrator,
        ["/settings/api-keys"] = MemberRole.Administrator,
        ["/settings/audit"] = MemberRole.Administrator,
        ["/settings/audit.csv"] = MemberRole.Administrator,
        ["/settings/system"] = MemberRole.Administrator,
        ["/metrics"] = MemberRole.Administrator,
        ["/azure/consent"] = MemberRole.Administrator,
        ["/integrations/acr/new"] = MemberRole.Administrator,
        ["/integrations/acr/{Id:long}/setup"] = MemberRole.Administrator,

        // What an open page talks to; each of its calls is asked for its right by the service that it reaches.
        ["/_blazor"] = MemberRole.Viewer,
        ["/_blazor/negotiate"] = MemberRole.Viewer,
        ["/_blazor/disconnect/"] = MemberRole.Viewer,
        ["/_blazor/initializers/"] = MemberRole.Viewer,
        ["/_framework/opaque-redirect"] = MemberRole.Viewer,
        ["/{**path:file}"] = MemberRole.Viewer,
    };

    // What answers an administrator who only asks for the address with something else than 200, and why.
    private static readonly Dictionary<string, HttpStatusCode> Unshown = new(StringComparer.Ordinal)
    {
        // Who is signed in is led on.
        ["/sign-in"] = HttpStatusCode.Redirect,
        ["/sign-in/code"] = HttpStatusCode.Redirect,
        // Their links are used up, or were never given.
        ["/setup"] = HttpStatusCode.Gone,
        ["/join"] = HttpStatusCode.Gone,
        ["/templates/{key}/acr-integration.json"] = HttpStatusCode.NotFound,
        ["/presence/{nonce}"] = HttpStatusCode.NotFound,
        // None is configured.
        ["/sign-in/single"] = HttpStatusCode.NotFound,
        ["/sign-in/single/done"] = HttpStatusCode.NotFound,
        ["/sign-out/single"] = HttpStatusCode.NotFound,
        ["/azure/consent"] = HttpStatusCode.NotFound,
        // It wants to know which.
        ["/images/find"] = HttpStatusCode.BadRequest,
        // Blazor's, which no person opens.
        ["/_blazor"] = HttpStatusCode.BadRequest,
        ["/_blazor/negotiate"] = HttpStatusCode.MethodNotAllowed,
        ["/_blazor/disconnect/"] = HttpStatusCode.MethodNotAllowed,
        ["/_framework/opaque-redirect"] = HttpStatusCode.BadRequest,
        ["/{**path:file}"] = HttpStatusCode.NotFound,
    };

    private const string Vulnerability = "CVE-2026-0001";

    private readonly ScoutApp _app = new();
    private readonly Dictionary<MemberRole, HttpClient> _members = [];

    // What the addresses name is there, under the number that each asks for: a page that fails, or finds nothing, would pass for one that answers.
    public async Task InitializeAsync()
    {
        await _app.SetUpAsync();
        var seed = new ReportSeed(_app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>());
        var repository = await seed.RepositoryAsync("team/shop");
        var image = await seed.ImageAsync(repository, "shop", counts: (0, 1, 0, 0, 0), tag: "v1", latest: true);
        var component = await seed.ComponentAsync("curl");
        await seed.PackagesAsync(image, 0, (component, "/var/lib/dpkg/status"));
        await seed.LayersAsync(image, "base");
        await seed.FindingAsync(component, Vulnerability, SeverityLevel.High);
        Assert.Equal((1, 1, 1), (repository, image, component));
        foreach (var role in Enum.GetValues<MemberRole>())
        {
            await _app.AddMemberAsync($"the {role}", role);
            _members[role] = await _app.SignInAsync($"the {role}");
        }
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _members.Values)
        {
            browser.Dispose();
        }

        await _app.DisposeAsync();
    }

    [Fact]
    public void EveryRouteStandsInTheTableAndNoOtherDoes() =>
        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), Routes().Select(Pattern).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public async Task EachPageAndFileIsShownToWhoMaySeeIt()
    {
        foreach (var (_, pattern) in Requests().Where(request => request.Method == "GET"))
        {
            var answer = await AskAsync(_members[MemberRole.Administrator], "GET", pattern);
            Assert.True(answer.StatusCode == Unshown.GetValueOrDefault(pattern, HttpStatusCode.OK), $"GET {pattern} answered an administrator with {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task ARouteThatIsNotForAnybodySendsAStrangerToSignIn()
    {
        using var stranger = _app.Browser();
        foreach (var (method, pattern) in Requests().Where(request => Table[request.Pattern] is not null))
        {
            var answer = await AskAsync(stranger, method, pattern);
            Assert.True(IsClosed(answer), $"{method} {pattern} answered a stranger with {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task EachRouteRefusesTheRolesBelowItsOwnAndAnswersTheOthers()
    {
        foreach (var (method, pattern) in Requests().Where(request => request.Pattern != "/sign-out"))
        {
            foreach (var (role, browser) in _members)
            {
                var answer = await AskAsync(browser, method, pattern);
                var isAllowed = Table[pattern] is not { } needed || role >= needed;
                Assert.True(isAllowed ? !IsClosed(answer) && answer.StatusCode != HttpStatusCode.Forbidden : answer.StatusCode == HttpStatusCode.Forbidden,
                    $"{method} {pattern} answered a member who is {role} with {(int)answer.StatusCode}");
            }
        }
    }

    // The routes that a program may ask, each with the scope that its key needs; no key opens any other.
    private static readonly Dictionary<string, ApiScopes> KeyTable = new(StringComparer.Ordinal)
    {
        ["/images/{id:long}/sbom.cdx.json"] = ApiScopes.Exports,
        ["/images/{id:long}/sbom.spdx.json"] = ApiScopes.Exports,
        ["/images/{id:long}/findings.csv"] = ApiScopes.Exports,
        ["/images/{id:long}/findings.json"] = ApiScopes.Exports,
        ["/images/{id:long}/findings.sarif"] = ApiScopes.Exports,
        ["/images/find"] = ApiScopes.Exports,
        ["/settings/audit.csv"] = ApiScopes.Audit,
        ["/metrics"] = ApiScopes.Metrics,
    };

    [Fact]
    public async Task AnApiKeyOpensTheRoutesOfItsScopesAndNoOther()
    {
        var keys = _app.Services.GetRequiredService<ApiKeyService>();
        foreach (var scope in new[] { ApiScopes.Exports, ApiScopes.Audit, ApiScopes.Metrics })
        {
            var key = await keys.CreateAsync(await _app.ActorAsync(), "build", scope, 30, default);
            using var program = _app.Browser();
            program.DefaultRequestHeaders.Authorization = new("Bearer", key);
            foreach (var (method, pattern) in Requests().Where(request => Table[request.Pattern] is not null))
            {
                var answer = await AskAsync(program, method, pattern);
                var isOpen = !IsClosed(answer) && answer.StatusCode != HttpStatusCode.Forbidden;
                Assert.True(isOpen == (KeyTable.GetValueOrDefault(pattern) == scope), $"{method} {pattern} answered a key for {scope} with {(int)answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task AStrangerLearnsNothingFromAnAddressThatDoesNotExist()
    {
        using var stranger = _app.Browser();

        Assert.True(IsClosed(await AskAsync(stranger, "GET", "/no/such/page")));
    }

    // Beside the pages, which only members see and whose lists are bounded: what has no limit by policy, and why it needs none.
    private static readonly string[] Unlimited =
    [
        // What they tell is worked out at most once in two seconds, however many ask.
        "/healthz", "/healthz/live", "/healthz/ready",
        // It has a limit of its own, by integration and by network.
        "/webhooks/eventgrid/{key}",
        // It ends a session, and only with a token of it.
        "/sign-out",
        // Blazor's, for members.
        "/_blazor", "/_blazor/negotiate", "/_blazor/disconnect/", "/_blazor/initializers/", "/_framework/opaque-redirect", "/{**path:file}",
    ];

    [Fact]
    public void EveryRouteButAMembersPageHasALimitOrAReasonForNone() =>
        Assert.Equal(Unlimited.Order(StringComparer.Ordinal), Routes()
            .Where(route => route.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null && !(route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && Table[Pattern(route)] is not null))
            .Select(Pattern).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    // Blazor's own is the only hub: its methods reach services, which ServiceRightsTests asks one by one.
    [Fact]
    public void TheApplicationHasNoHubOfItsOwn() =>
        Assert.DoesNotContain(typeof(ScoutDb).Assembly.GetTypes(), type => type.IsAssignableTo(typeof(Hub)));

    private IEnumerable<(string Method, string Pattern)> Requests() => Routes().Where(route => Table.ContainsKey(Pattern(route)))
        .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } some ? some.Select(method => (method, Pattern(route))) : [("GET", Pattern(route))])
        .Distinct();

    private IEnumerable<RouteEndpoint> Routes() =>
        _app.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(endpoint => !IsStaticFile(endpoint));

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.TrimStart('/');

    private static bool IsStaticFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(m => m.GetType().FullName == "Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor");

    private static async Task<(HttpStatusCode StatusCode, Uri? Location)> AskAsync(HttpClient browser, string method, string pattern)
    {
        // "/images/{ImageId:long}" -> "/images/1", "/vulnerabilities/{Id}" -> "/vulnerabilities/CVE-…"
        using var request = new HttpRequestMessage(new HttpMethod(method), string.Join('/', pattern.Split('/').Select(part => part switch { "{Id}" => Vulnerability, ['{', ..] => "1", _ => part })));
        using var answer = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.Content.Headers.ContentType?.MediaType == "text/html")
        {
            Assert.DoesNotMatch(HostTests.InlineScript(), await answer.Content.ReadAsStringAsync());
        }

        return (answer.StatusCode, answer.Headers.Location);
    }

    private static bool IsClosed((HttpStatusCode StatusCode, Uri? Location) answer) =>
        answer.StatusCode == HttpStatusCode.Unauthorized || (answer.StatusCode == HttpStatusCode.Redirect && answer.Location?.IsAbsoluteUri == true && answer.Location.AbsolutePath == "/sign-in");
}
