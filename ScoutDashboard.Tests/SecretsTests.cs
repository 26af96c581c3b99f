using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Access;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Tests.Webhook;

namespace ScoutDashboard.Tests;

/// <summary>Uses every kind of secret that there is, and looks for each in all that is kept, logged and shown.</summary>
public sealed class SecretsTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Planted = "planted-otter-marker";

    private readonly TextLog _log = new();
    private readonly StringBuilder _pages = new();
    private readonly ScoutApp _app;

    public SecretsTests() => _app = new ScoutApp
    {
        Settings = { ["Scout:PublicUrl"] = "https://scout.example.com", ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft"] = "Trace", ["Logging:LogLevel:System.Net.Http"] = "Trace" },
        Replace = services => services.AddLogging(logging => logging.AddProvider(_log)),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task NoSecretIsKeptInPlainLoggedOrShown()
    {
        var secrets = await UseAllAsync();
        await PlantAsync();

        var places = new Dictionary<string, byte[]> { ["logs"] = Encoding.UTF8.GetBytes(string.Join('\n', _log.Lines)), ["pages"] = Encoding.UTF8.GetBytes(_pages.ToString()), ["database"] = Database() };

        Assert.All(places, place => Assert.True(Holds(place.Value, Planted), $"What was planted in the {place.Key} was not found."));
        Assert.Empty(from place in places from secret in secrets where Holds(place.Value, secret.Value) select $"{secret.Key} in the {place.Key}");
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

        const string changed = "marble anchor sings twice";
        using (var change = await ScoutApp.PostFormAsync(browser, "/settings/password", new() { ["Input.Current"] = ScoutApp.Password, ["Input.Password"] = changed, ["Input.Confirm"] = changed }))
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
            ["the API key"] = key, ["the invitation"] = invitation, ["the first password"] = ScoutApp.Password, ["the changed password"] = changed,
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

    // Where it can be found if looking finds at all.
    private async Task PlantAsync()
    {
        await _app.AddMemberAsync(Planted, MemberRole.Viewer);
        using var browser = _app.Browser();
        using var wrong = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = Planted, ["Input.Password"] = "wrong wrong wrong" });
        _pages.Append(await wrong.Content.ReadAsStringAsync());
        _app.Services.GetRequiredService<ILogger<SecretsTests>>().LogTrace("{Planted}", Planted);
    }

    // A link's own page may hold the link: its form goes back there.
    private async Task ShowAsync(HttpClient browser, string address, string ownLink = "none")
    {
        using var answer = await browser.GetAsync(address);
        _pages.Append((await answer.Content.ReadAsStringAsync()).Replace(ownLink, "", StringComparison.Ordinal));
    }

    private byte[] Database()
    {
        using var content = new MemoryStream();
        foreach (var file in Directory.EnumerateFiles(_app.DataDirectory, "scout.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.CopyTo(content);
        }

        return content.ToArray();
    }

    private static bool Holds(byte[] place, string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        return new[] { text, Encoding.Unicode.GetBytes(secret), Encoding.UTF8.GetBytes(Convert.ToBase64String(text)), Encoding.UTF8.GetBytes(Uri.EscapeDataString(secret)) }
            .Any(form => place.AsSpan().IndexOf(form) >= 0);
    }
}
