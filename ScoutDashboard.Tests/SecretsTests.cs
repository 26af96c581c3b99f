using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using ScoutDashboard.Access;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

/// <summary>Uses every kind of secret that the dashboard makes or is told, with all logged and a collector of telemetry: the harness looks for each in all that is kept, logged, measured and shown.</summary>
public sealed class SecretsTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string Changed = TestSecrets.New("member password");

    private readonly ScoutApp _app = new() { Settings = { ["Scout:PublicUrl"] = "https://scout.example.com" } };
    private Collector _collector = null!;

    public async Task InitializeAsync()
    {
        _collector = await Collector.StartAsync();
        (_app.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"], _app.Settings["OTEL_EXPORTER_OTLP_PROTOCOL"]) = (_collector.Address, "http/protobuf");
        _app.Listen();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task NoSecretIsKeptInPlainLoggedOrShown()
    {
        var used = await UseAllAsync();
        used["the cookie of a session"] = await LookAroundAsync(await _app.ActorAsync());
        Collector.Flush(_app.Services);

        await ClosedSecrets.LearnAsync(_app.Services);
        Assert.All(used, secret => Assert.True(TestSecrets.Knows(secret.Value), $"Nobody looks for {secret.Key}."));
        Assert.Equal(["/v1/logs", "/v1/metrics"], _collector.Bodies.Keys.Except(["/v1/traces"]).Order());
    }

    private async Task<Dictionary<string, string>> UseAllAsync()
    {
        var setup = _app.SetupPath[(_app.SetupPath.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var stranger = _app.Browser();
        await ShowAsync(stranger, _app.SetupPath);
        using var browser = await _app.SignInAsync();
        var actor = await _app.ActorAsync();

        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname));
        var id = (await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default)).IntegrationId;
        var token = TestSecrets.New("registry token");
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
        var invited = TestSecrets.New("member password");
        using (var refused = await ScoutApp.PostFormAsync(stranger, link, new() { ["Input.Name"] = "eve", ["Input.Password"] = invited, ["Input.Confirm"] = "another" }))
        {
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        }

        using (var joined = await ScoutApp.PostFormAsync(stranger, link, new() { ["Input.Name"] = "eve", ["Input.Password"] = invited, ["Input.Confirm"] = invited }))
        {
            Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        }

        var mistyped = TestSecrets.New("member password");
        using (var wrong = await ScoutApp.PostFormAsync(_app.Browser(), "/sign-in", new() { ["Input.Name"] = "eve", ["Input.Password"] = mistyped }))
        {
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using (var change = await ScoutApp.PostFormAsync(browser, "/settings/password", new() { ["Input.Current"] = ScoutApp.Password, ["Input.Password"] = Changed, ["Input.Confirm"] = Changed }))
        {
            Assert.Equal(HttpStatusCode.Redirect, change.StatusCode);
        }

        await TurnSecondStepOnAsync("eve", invited);
        foreach (var page in new[] { "/", "/settings", "/settings/account", "/settings/members", "/settings/api-keys", "/settings/audit", "/settings/audit.csv", $"/integrations/acr/{id}", $"/integrations/acr/{id}/setup", "/no/such/page" })
        {
            await ShowAsync(browser, page);
        }

        return new Dictionary<string, string>
        {
            ["the set-up link"] = setup, ["the registry's token"] = token, ["the template's key"] = plan.TemplatePath.Split('/')[2], ["the webhook's key"] = plan.WebhookUrl!.Split('/')[^1],
            ["the API key"] = key, ["the invitation"] = invitation, ["the first password"] = ScoutApp.Password, ["the changed password"] = Changed, ["the invited password"] = invited, ["the mistyped password"] = mistyped,
        };
    }

    // The member also signs in by it, with a wrong code, a right one and a recovery code.
    private async Task TurnSecondStepOnAsync(string name, string password)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var steps = scope.ServiceProvider.GetRequiredService<SecondStepService>();
        var actor = await _app.ActorAsync(name);
        var key = (await steps.BeginAsync(actor, password, default)).Key;
        var codes = (await steps.ConfirmAsync(actor, TimeCode.CodeAt(key, DateTimeOffset.UtcNow), default)).Codes;
        Assert.All(codes, code => TestSecrets.Know("recovery code", code));
        Assert.All(codes, code => TestSecrets.Know("recovery code", code.Replace("-", "", StringComparison.Ordinal)));
        foreach (var code in new[] { "000000", TimeCode.CodeAt(key, DateTimeOffset.UtcNow.AddSeconds(30)), codes[1] })
        {
            using var browser = _app.Browser();
            using var pending = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = password });
            using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in/code", new() { ["Input.Code"] = code });
            Assert.Equal(code == "000000" ? HttpStatusCode.OK : HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    // All pages in a real browser, but for the one that shows the deployment's links: what their circuits send.
    private async Task<string> LookAroundAsync(Actor actor)
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

        return (await visit.Context.CookiesAsync()).Single(cookie => cookie.Name == "scout-session").Value;
    }

    private static async Task ShowAsync(HttpClient browser, string address)
    {
        using var answer = await browser.GetAsync(address);
    }
}
