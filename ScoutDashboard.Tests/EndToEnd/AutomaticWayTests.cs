using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A person whose dashboard has an identity, from the list of registries to nothing left in Azure, in a real browser: nothing is typed but the name that confirms a deletion.</summary>
[Collection("end to end")]
public sealed class AutomaticWayTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 60_000 };
    private static readonly string CollectorPassword = TestSecrets.New("collector's password");

    private readonly AcrDouble _acr = new();
    private Collector _collector = null!;
    private ArmDouble _arm = null!;
    private ScoutApp _app = null!;
    private string _registry = "";

    private string Topic => $"{_registry[.._registry.IndexOf("/providers/", StringComparison.Ordinal)]}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    private string Token => $"{_registry}/tokens/{AzureNames.Token}";

    public async Task InitializeAsync()
    {
        _arm = await ArmDouble.StartAsync();
        _collector = await Collector.StartAsync();
        _registry = _arm.World.AddRegistry("contoso");
        _arm.World.AddRegistry("fabrikam", group: "rg2");
        _acr.Accepts = password => _arm.World.Accepts(Token, password);
        _app = new ScoutApp
        {
            Settings =
            {
                ["Scout:PublicUrl"] = "https://scout.example.com",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_EXPORTER_OTLP_HEADERS"] = $"authorization={CollectorPassword}",
            },
            Replace = services => services.AddSingleton(_arm.Clients(TimeProvider.System)).AddSingleton(TestRegistryClient.Create("", _acr)),
        };
        _app.Listen();
        await _app.SetUpAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _collector.DisposeAsync();
        await _arm.DisposeAsync();
        _acr.Dispose();
    }

    [Fact]
    public async Task ARegistryIsChosenDeployedConnectedRotatedMendedAndRemovedWithoutThePortal()
    {
        await using var browser = await Browser.StartAsync();
        await using var visit = await browser.VisitAsync(_app.Address);
        var page = visit.Page;
        await SignInAsync(page);
        await DeployAsync(visit);
        await ConnectAsync(visit);
        var first = await PasswordsAsync();
        await RotateAsync(visit);
        var second = await PasswordsAsync();
        Assert.NotEqual(Assert.Single(first), Assert.Single(second));
        await MendAsync(visit);
        await RemoveAsync(visit);

        Assert.True(visit.ConsoleErrors.Count == 0, string.Join('\n', visit.ConsoleErrors));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
        Assert.True(SecretForms.Holds(visit.Received, AzureNames.Token), "What the circuits sent was not seen.");
        Assert.All([.. first, .. second], password => Assert.True(TestSecrets.Knows(password)));
        Collector.Flush(_app.Services);
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(ScoutApp.UserName);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(ScoutApp.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
    }

    private async Task DeployAsync(Visit visit)
    {
        var page = visit.Page;
        await page.GotoAsync("/integrations/acr/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose contoso.azurecr.io" }).ClickAsync();
        await Stage.ShootAsync(visit, "automatic-discover");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        var checks = page.GetByRole(AriaRole.List, new() { Name = "Before you deploy" });
        await Expect(checks).ToHaveAttributeAsync("aria-busy", "false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "What would be made" })).ToContainTextAsync(AzureNames.EventSubscription, Patient);
        await page.GetByRole(AriaRole.Button, new() { Name = "Deploy", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Everything is made.", Patient);
        await Stage.ShootAsync(visit, "automatic-deployed");
        Assert.All([Topic, $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}", Token], id => Assert.NotNull(_arm.World.Find(id)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
    }

    private static async Task ConnectAsync(Visit visit)
    {
        var page = visit.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate and enable" }).WaitForAsync();
        await Stage.ShootAsync(visit, "automatic-token");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate and enable" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "contoso.azurecr.io" });
        await Expect(row).ToContainTextAsync("Connected", Patient);
        await row.GetByRole(AriaRole.Link, new() { Name = "contoso.azurecr.io" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate now" }).WaitForAsync();
    }

    private static async Task RotateAsync(Visit visit)
    {
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Rotate now" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Last rotated:", Patient);
        await Stage.ShootAsync(visit, "automatic-rotated");
        await AssertWholeDateAsync(visit.Page);
    }

    // No browser tells that it cuts a date: it is as wide on a phone as it would be alone.
    private static async Task AssertWholeDateAsync(IPage page)
    {
        await page.SetViewportSizeAsync(360, 780);
        Assert.True(await page.GetByLabel("Token expires on").EvaluateAsync<bool>("""
            date => {
                const width = date.getBoundingClientRect().width;
                [date.style.maxWidth, date.style.width] = ["none", "max-content"];
                const whole = date.getBoundingClientRect().width;
                [date.style.maxWidth, date.style.width] = ["", ""];
                return width >= whole - 1;
            }
            """), "The date is cut on a phone.");
        await page.SetViewportSizeAsync(1366, 900);
    }

    // Somebody deletes the subscription, and no event would ever come again.
    private async Task MendAsync(Visit visit)
    {
        var page = visit.Page;
        var subscription = $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}";
        _arm.World.Resources.Remove(subscription);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        var differences = page.GetByRole(AriaRole.List, new() { Name = "What differs" });
        await differences.GetByRole(AriaRole.Button).First.WaitForAsync();
        await Stage.ShootAsync(visit, "automatic-differs");
        await differences.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Unchanged", Patient);
        Assert.NotNull(_arm.World.Find(subscription));
    }

    private async Task RemoveAsync(Visit visit)
    {
        var page = visit.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Delete these in Azure, too").CheckAsync();
        await Stage.ShootAsync(visit, "automatic-remove");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" })).ToBeDisabledAsync();
        await dialog.GetByLabel("Type contoso to confirm").FillAsync("contoso");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("All of it is gone.", Patient);
        await Stage.ShootAsync(visit, "automatic-removed");
        Assert.All([Topic, Token], id => Assert.Null(_arm.World.Find(id)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await Expect(page.GetByRole(AriaRole.Main)).Not.ToContainTextAsync(AzureNames.Token);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        Assert.False(await db.CleanupTasks.AnyAsync(task => task.DoneAt == null));
    }

    // What is stored, opened as the product opens it.
    private async Task<IReadOnlyList<string>> PasswordsAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        var integration = await db.Integrations.SingleAsync();
        return [_app.Services.GetRequiredService<SecretVault>().Open(SecretKind.RegistryToken, integration.Hostname, integration.ProtectedToken!)!];
    }
}
