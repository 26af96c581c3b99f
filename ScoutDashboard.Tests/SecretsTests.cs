using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Tests.Webhook;

namespace ScoutDashboard.Tests;

/// <summary>Uses every kind of secret that there is, also with a registry, a mirror of feeds and an issuer that ask for theirs, and looks for each in all that is kept, logged, measured and shown.</summary>
public sealed class SecretsTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Planted = "planted-otter-marker";
    private const string Changed = "marble anchor sings twice";
    private const string MirrorPassword = "pa55 of the mirror/of+feeds";

    private readonly TextLog _log = new();
    private readonly EntraDouble _entra = new(TimeProvider.System);
    private readonly AcrDouble _acr = new() { Identities = new AcrExchange(TimeProvider.System) };
    private readonly StringBuilder _pages = new();
    private readonly ScoutApp _app;
    private readonly HttpClient _elsewhere = new(new HttpClientHandler { AllowAutoRedirect = false });
    private readonly TaskCompletionSource<string?> _mirrorSignIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegistryHost _registry = null!;
    private FeedServer _mirror = null!;
    private Issuer _issuer = null!;
    private Collector _collector = null!;

    public SecretsTests() => _app = new ScoutApp
    {
        Settings = { ["Scout:PublicUrl"] = "https://scout.example.com", ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft"] = "Trace", ["Logging:LogLevel:System.Net.Http"] = "Trace" },
        Replace = services =>
        {
            services.AddLogging(logging => logging.AddProvider(_log)).AddSingleton(_entra.Clients());
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

        _app.Listen();
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
        _log.Dispose();
    }

    [Fact]
    public async Task NoSecretIsKeptInPlainLoggedOrShown()
    {
        var secrets = await UseAllAsync();
        foreach (var (name, value) in (await UseOthersAsync()).Concat(await UseIdentityAsync()))
        {
            secrets.Add(name, value);
        }

        await PlantAsync();
        var (received, session) = await LookAroundAsync(await _app.ActorAsync());
        secrets.Add("the cookie of a session", session);
        Collector.Flush(_app.Services);
        var places = new Dictionary<string, byte[]> { ["logs"] = Encoding.UTF8.GetBytes(string.Join('\n', _log.Lines)), ["pages"] = Encoding.UTF8.GetBytes(_pages.ToString()), ["database"] = _app.DatabaseBytes(), ["circuits"] = received };
        foreach (var (path, body) in _collector.Bodies)
        {
            places[$"telemetry of {path}"] = Encoding.Latin1.GetBytes(body);
        }

        Assert.Equal(7, places.Count);
        Assert.All(places, place => Assert.True(SecretForms.Holds(place.Value, Planted), $"What was planted in the {place.Key} was not found."));
        Assert.Empty(from place in places from secret in secrets where SecretForms.Holds(place.Value, secret.Value) select $"{secret.Key} in the {place.Key}");
    }

    private async Task<Dictionary<string, string>> UseAllAsync()
    {
        var setup = _app.SetupPath[(_app.SetupPath.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var stranger = _app.Browser();
        await ShowAsync(stranger, _app.SetupPath, setup);
        using var browser = await _app.SignInAsync();
        var actor = await _app.ActorAsync();

        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname));
        var id = (await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default)).IntegrationId;
        const string token = "registry-pa55-of-the-token";
        Assert.True(await _app.Services.GetRequiredService<TokenStore>().StoreAsync(actor, id, hostname, "docker-scout-readonly-token", token, null, default));
        var plan = (await _app.Services.GetRequiredService<DeploymentPlanner>().ShowAsync(actor, id, default))!;
        using (var template = await stranger.GetAsync(plan.TemplatePath))
        {
            Assert.Equal(HttpStatusCode.OK, template.StatusCode);
        }

        using (var hook = await stranger.PostAsync(new Uri(plan.WebhookUrl!).AbsolutePath, new StringContent("[]", Encoding.UTF8, "application/json")))
        {
            Assert.Equal(HttpStatusCode.OK, hook.StatusCode);
        }

        var key = await _app.Services.GetRequiredService<ApiKeyService>().CreateAsync(actor, "build", ApiScopes.Exports, 30, default);
        using var program = _app.Browser();
        program.DefaultRequestHeaders.Authorization = new("Bearer", key);
        await ShowAsync(program, "/images/1/findings.csv");

        var link = await _app.Services.GetRequiredService<InvitationService>().CreateAsync(actor, MemberRole.Viewer, "for eve", default);
        var invitation = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        const string invited = "lantern of the invited one";
        using (var refused = await ScoutApp.PostFormAsync(stranger, link, new() { ["Input.Name"] = "eve", ["Input.Password"] = invited, ["Input.Confirm"] = "another" }))
        {
            _pages.Append((await refused.Content.ReadAsStringAsync()).Replace(invitation, "", StringComparison.Ordinal));
        }

        using (var joined = await ScoutApp.PostFormAsync(stranger, link, new() { ["Input.Name"] = "eve", ["Input.Password"] = invited, ["Input.Confirm"] = invited }))
        {
            Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
            _pages.Append((await joined.Content.ReadAsStringAsync()).Replace(invitation, "", StringComparison.Ordinal));
        }

        const string mistyped = "a password that is not hers";
        using (var wrong = await ScoutApp.PostFormAsync(_app.Browser(), "/sign-in", new() { ["Input.Name"] = "eve", ["Input.Password"] = mistyped }))
        {
            _pages.Append(await wrong.Content.ReadAsStringAsync());
        }

        using (var change = await ScoutApp.PostFormAsync(browser, "/settings/password", new() { ["Input.Current"] = ScoutApp.Password, ["Input.Password"] = Changed, ["Input.Confirm"] = Changed }))
        {
            Assert.Equal(HttpStatusCode.Redirect, change.StatusCode);
            _pages.Append(await change.Content.ReadAsStringAsync());
        }

        var (authenticator, recovery) = await TurnSecondStepOnAsync("eve", invited);

        foreach (var page in new[] { "/", "/settings", "/settings/account", "/settings/members", "/settings/api-keys", "/settings/audit", "/settings/audit.csv", $"/integrations/acr/{id}", $"/integrations/acr/{id}/setup", "/no/such/page" })
        {
            await ShowAsync(browser, page);
        }

        return new Dictionary<string, string>
        {
            ["the set-up link"] = setup, ["the registry's token"] = token, ["the template's key"] = plan.TemplatePath.Split('/')[2], ["the webhook's key"] = plan.WebhookUrl!.Split('/')[^1],
            ["the API key"] = key, ["the invitation"] = invitation, ["the first password"] = ScoutApp.Password, ["the changed password"] = Changed,
            ["the invited password"] = invited, ["the mistyped password"] = mistyped, ["the authenticator's key"] = authenticator, ["a recovery code"] = recovery[0], ["a used recovery code"] = recovery[1],
            ["a recovery code without dashes"] = recovery[0].Replace("-", "", StringComparison.Ordinal),
        };
    }

    // The member also signs in by it, with a wrong code, a right one and a recovery code.
    private async Task<(string Key, IReadOnlyList<string> Codes)> TurnSecondStepOnAsync(string name, string password)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var steps = scope.ServiceProvider.GetRequiredService<SecondStepService>();
        var actor = await _app.ActorAsync(name);
        var key = (await steps.BeginAsync(actor, password, default)).Key;
        var codes = (await steps.ConfirmAsync(actor, TimeCode.CodeAt(key, DateTimeOffset.UtcNow), default)).Codes;
        foreach (var code in new[] { "000000", TimeCode.CodeAt(key, DateTimeOffset.UtcNow.AddSeconds(30)), codes[1] })
        {
            using var browser = _app.Browser();
            using var pending = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = password });
            _pages.Append(await pending.Content.ReadAsStringAsync());
            using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in/code", new() { ["Input.Code"] = code });
            Assert.Equal(code == "000000" ? HttpStatusCode.OK : HttpStatusCode.Redirect, answer.StatusCode);
            _pages.Append(await answer.Content.ReadAsStringAsync());
        }

        return (Base32.Encode(key), codes);
    }

    // What travels to others: to a registry, accepted and refused, to a mirror of feeds that asks for a password, and to an issuer.
    private async Task<Dictionary<string, string>> UseOthersAsync()
    {
        var actor = await _app.ActorAsync();
        Assert.True(RegistryHostname.TryParse(_registry.Host, _app.Services.GetRequiredService<RegistryOptions>().AllowedHosts, out var hostname));
        var id = (await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default)).IntegrationId;
        const string mistyped = "a token's password that is another's";
        foreach (var (password, isGood) in new[] { (mistyped, false), (RegistryHost.Password, true) })
        {
            var steps = new List<ConnectionStep>();
            await foreach (var step in _app.Services.GetRequiredService<ConnectionService>().EnableAsync(actor, id, new RegistryCredentials(RegistryHost.TokenName, password), null, default))
            {
                steps.Add(step);
            }

            _pages.AppendJoin('\n', steps);
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
        return new Dictionary<string, string>
        {
            ["the token of the registry that was called"] = RegistryHost.Password, ["the mistyped token"] = mistyped, ["the mirror's password"] = MirrorPassword, ["the client's secret"] = Issuer.ClientSecret,
        };
    }

    // An identity in place of a token: refused, accepted, and refused again by a registry that repeats what it got.
    private async Task<Dictionary<string, string>> UseIdentityAsync()
    {
        var actor = await _app.ActorAsync();
        var (exchange, connections) = (_acr.Identities!, _app.Services.GetRequiredService<ConnectionService>());
        var id = (await _app.Services.GetRequiredService<IntegrationService>().ListAsync(actor.OrganizationId, default)).Single(row => row.Hostname == "contoso.azurecr.io").Id;
        exchange.Roles.Clear();
        Assert.Contains(await connections.EnableIdentityAsync(actor, id, default).ToListAsync(), step => step.State == ConnectionStepState.Failed);
        exchange.Roles.Add("Contributor");
        var steps = await connections.EnableIdentityAsync(actor, id, default).ToListAsync();
        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Passed), (steps[^1].Stage, steps[^1].State));
        exchange.Trouble = () => AcrDouble.Error(HttpStatusCode.Unauthorized, $"unknown: {_entra.Issued.Last()}");
        _pages.AppendJoin('\n', steps).AppendJoin('\n', await connections.TestAsync(actor, id, default).ToListAsync());
        using var browser = _app.Browser();
        using var signedIn = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = Changed });
        await ShowAsync(browser, $"/integrations/acr/{id}");
        await ShowAsync(browser, "/integrations/acr");
        return _entra.Issued.Select((token, number) => ($"Entra's token {number}", token)).Concat(exchange.RefreshTokens.Select((token, number) => ($"the refresh token {number}", token)))
            .Concat(exchange.AccessTokens.Select((token, number) => ($"the access token {number}", token))).ToDictionary(pair => pair.Item1, pair => pair.token);
    }

    // Where it can be found if looking finds at all.
    private async Task PlantAsync()
    {
        await _app.AddMemberAsync(Planted, MemberRole.Viewer);
        using var browser = _app.Browser();
        using var wrong = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = Planted, ["Input.Password"] = "wrong wrong wrong" });
        _pages.Append(await wrong.Content.ReadAsStringAsync());
        _app.Services.GetRequiredService<ILogger<SecretsTests>>().LogTrace("{Planted}", Planted);
        ScoutTelemetry.Activities.StartActivity("planted")?.SetTag("planted", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Planted}"))).Dispose();
        using var meter = new Meter(ScoutTelemetry.Name);
        meter.CreateCounter<int>("planted").Add(1, new KeyValuePair<string, object?>("planted", Planted));
        Collector.Flush(_app.Services);
    }

    // All pages in a real browser, but for the one that shows the deployment's links: what their circuits send.
    private async Task<(byte[] Received, string Session)> LookAroundAsync(Actor actor)
    {
        var integration = (await _app.Services.GetRequiredService<IntegrationService>().ListAsync(actor.OrganizationId, default))[0].Id;
        await using var browser = await Browser.StartAsync();
        await using var visit = await browser.VisitAsync(_app.Address);
        await visit.Page.GotoAsync("/sign-in");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(ScoutApp.UserName);
        await visit.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Changed);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).First.WaitForAsync();
        foreach (var page in new[] { "/", "/images", "/jobs", "/changes", "/settings", "/settings/account", "/settings/feeds", "/settings/api-keys", "/settings/audit", "/settings/system", "/integrations/acr", $"/integrations/acr/{integration}", "/settings/members" })
        {
            await visit.Page.GotoAsync(page);
            await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        }

        // The last page names all members, so that what is looked for can be seen to be found.
        await visit.Page.GetByText(Planted).First.WaitForAsync();
        return (visit.Received, (await visit.Context.CookiesAsync()).Single(cookie => cookie.Name == "scout-session").Value);
    }

    // A link's own page may hold the link: its form goes back there.
    private async Task ShowAsync(HttpClient browser, string address, string ownLink = "none")
    {
        using var answer = await browser.GetAsync(address);
        _pages.Append((await answer.Content.ReadAsStringAsync()).Replace(ownLink, "", StringComparison.Ordinal));
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
