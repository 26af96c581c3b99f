using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

/// <summary>Shows others what they ask for: a registry, a mirror of feeds, an issuer, and a registry that lets an identity in. The harness looks for each secret in all that is kept, logged, measured and shown.</summary>
public sealed class SecretsOfOthersTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string MirrorPassword = TestSecrets.New("mirror's password");

    private readonly EntraDouble _entra = new(TimeProvider.System);
    private readonly AcrDouble _acr = new() { Identities = new AcrExchange(TimeProvider.System) };
    private readonly ScoutApp _app;
    private readonly HttpClient _elsewhere = new(new HttpClientHandler { AllowAutoRedirect = false });
    private readonly TaskCompletionSource<string?> _mirrorSignIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegistryHost _registry = null!;
    private FeedServer _mirror = null!;
    private Issuer _issuer = null!;
    private Collector _collector = null!;

    public SecretsOfOthersTests() => _app = new ScoutApp
    {
        Settings = { ["Scout:PublicUrl"] = "https://scout.example.com" },
        Replace = services =>
        {
            services.AddSingleton(_entra.Clients());
            services.AddHttpClient(RegistryHttp.ClientName).ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Add(new Contoso(_acr)));
        },
    };

    public async Task InitializeAsync()
    {
        _registry = await RegistryHost.StartAsync();
        _mirror = await FeedServer.StartAsync("/dev/null/none");
        _mirror.Troubles["npm/all.zip"] = context =>
        {
            _mirrorSignIn.TrySetResult(context.Request.Headers.Authorization);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
        _issuer = await Issuer.StartAsync();
        _collector = await Collector.StartAsync();
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Registries:AllowedHosts"] = _registry.AllowedHosts,
            ["Advisories:Source"] = _mirror.Address.Replace("http://", $"http://mirror:{Uri.EscapeDataString(MirrorPassword)}@", StringComparison.Ordinal),
            ["OpenIdConnect:Authority"] = _issuer.Address, ["OpenIdConnect:ClientId"] = Issuer.ClientId, ["OpenIdConnect:ClientSecret"] = Issuer.ClientSecret, ["OpenIdConnect:Editors"] = "scout-editors",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        })
        {
            _app.Settings[key] = value;
        }

        await _app.SetUpAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _collector.DisposeAsync();
        await _issuer.DisposeAsync();
        await _mirror.DisposeAsync();
        await _registry.DisposeAsync();
        _elsewhere.Dispose();
        _acr.Dispose();
    }

    [Fact]
    public async Task NothingThatOthersAreShownStaysBehind()
    {
        await UseOthersAsync();
        await UseIdentityAsync();

        Collector.Flush(_app.Services);
        Assert.All([.. _entra.Issued, .. _acr.Identities!.RefreshTokens, .. _acr.Identities.AccessTokens], token => Assert.True(TestSecrets.Knows(token)));
        Assert.Equal(["/v1/logs", "/v1/metrics"], _collector.Bodies.Keys.Except(["/v1/traces"]).Order());
    }

    // What travels to others: to a registry, accepted and refused, to a mirror of feeds that asks for a password, and to an issuer.
    private async Task UseOthersAsync()
    {
        var actor = await _app.ActorAsync();
        Assert.True(RegistryHostname.TryParse(_registry.Host, _app.Services.GetRequiredService<RegistryOptions>().AllowedHosts, out var hostname));
        var id = (await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default)).IntegrationId;
        var mistyped = TestSecrets.New("registry token");
        foreach (var (password, isGood) in new[] { (mistyped, false), (RegistryHost.Password, true) })
        {
            var steps = new List<ConnectionStep>();
            await foreach (var step in _app.Services.GetRequiredService<ConnectionService>().EnableAsync(actor, id, new RegistryCredentials(RegistryHost.TokenName, password), null, default))
            {
                steps.Add(step);
            }

            AssertSilent(steps);
            Assert.Equal(isGood, steps.TrueForAll(step => step.State != ConnectionStepState.Failed || step.Stage != ConnectionStage.Token));
        }

        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            db.Components.Add(new Component { Purl = "pkg:npm/a@1", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "a", Version = "1", AdvisoryName = "a", AdvisoryVersion = "1" });
            await db.SaveChangesAsync();
        }

        await _app.Services.GetRequiredService<AdvisoryRefresher>().RequestRefreshAsync(actor, null, default);
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"mirror:{MirrorPassword}"))}", await _mirrorSignIn.Task.WaitAsync(TimeSpan.FromMinutes(1)));

        using var browser = _app.Browser();
        using var begin = await browser.GetAsync("/sign-in/single?returnUrl=/");
        using var authorized = await _elsewhere.GetAsync(begin.Headers.Location);
        using var back = await browser.GetAsync(authorized.Headers.Location);
        await ShowAsync(browser, back.Headers.Location!.OriginalString);
        await ShowAsync(browser, "/settings");
        await ShowAsync(browser, "/settings/feeds");
        Assert.Single(_issuer.Redeemed);
    }

    // An identity in place of a token: refused, accepted, and refused again by a registry that repeats what it got.
    private async Task UseIdentityAsync()
    {
        var actor = await _app.ActorAsync();
        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname));
        var (exchange, connections) = (_acr.Identities!, _app.Services.GetRequiredService<ConnectionService>());
        var id = (await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default)).IntegrationId;
        exchange.Roles.Clear();
        Assert.Contains(await connections.EnableIdentityAsync(actor, id, default).ToListAsync(), step => step.State == ConnectionStepState.Failed);
        exchange.Roles.Add("Contributor");
        var steps = await connections.EnableIdentityAsync(actor, id, default).ToListAsync();
        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Passed), (steps[^1].Stage, steps[^1].State));
        exchange.Trouble = () => AcrDouble.Error(HttpStatusCode.Unauthorized, $"unknown: {_entra.Issued.Last()}");
        AssertSilent([.. steps, .. await connections.TestAsync(actor, id, default).ToListAsync()]);
        using var browser = await _app.SignInAsync();
        await ShowAsync(browser, $"/integrations/acr/{id}");
        await ShowAsync(browser, "/integrations/acr");
    }

    // What a person is told of each step.
    private static void AssertSilent(IEnumerable<ConnectionStep> steps) => SecretSearch.Check(("the steps", Encoding.UTF8.GetBytes(string.Join('\n', steps))));

    private static async Task ShowAsync(HttpClient browser, string address)
    {
        using var answer = await browser.GetAsync(address);
    }

    // Everything else goes where it went.
    private sealed class Contoso(AcrDouble acr) : DelegatingHandler
    {
        private readonly HttpMessageInvoker _acr = new(acr, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.Host == "contoso.azurecr.io" ? _acr.SendAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _acr.Dispose();
            base.Dispose(disposing);
        }
    }
}
