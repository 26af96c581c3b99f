using System.Reflection;
using Microsoft.Playwright;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Everything that a person's way through the product needs, all of it real: registry, advisories, the application's process, a browser.</summary>
public sealed class Stage : IAsyncDisposable
{
    public const string Password = "otter lantern granite 42";

    private Stage(RegistryHost registry, AdvisoryFolder advisories, AppProcess app, Browser browser)
    {
        Registry = registry;
        Advisories = advisories;
        App = app;
        Browser = browser;
    }

    public RegistryHost Registry { get; }

    public AdvisoryFolder Advisories { get; }

    public AppProcess App { get; }

    public Browser Browser { get; }

    public static async Task<Stage> SetAsync(Dictionary<string, string>? settings = null)
    {
        var registry = await RegistryHost.StartAsync();
        var advisories = new AdvisoryFolder();
        var app = await AppProcess.StartAsync(new Dictionary<string, string>(settings ?? [])
        {
            ["Registries__AllowedHosts"] = registry.AllowedHosts,
            ["Advisories__Source"] = advisories.Path,
        });
        return new Stage(registry, advisories, app, await Browser.StartAsync());
    }

    /// <summary>Opens the one-time link, makes the first administrator and waits for the overview.</summary>
    public async Task<Visit> SetUpAsync()
    {
        var visit = await Browser.VisitAsync(App.Address);
        await visit.Page.GotoAsync(App.SetupLink!.ToString());
        await visit.Page.GetByLabel("Organization").FillAsync("Contoso");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("ada");
        await visit.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await visit.Page.GetByLabel("Password again").FillAsync(Password);
        await ShootAsync(visit, "set-up");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        return visit;
    }

    /// <summary>Walks the wizard to the end with the registry of this machine.</summary>
    public async Task ConnectAsync(Visit visit)
    {
        var page = visit.Page;
        await page.GotoAsync("/integrations/acr/new");
        await page.GetByLabel("Registry hostname").FillAsync(Registry.Host);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Deploy to Azure" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByLabel("Registry token").FillAsync(RegistryHost.Password);
        await ShootAsync(visit, "wizard-token");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable integration" }).ClickAsync();
        await page.WaitForURLAsync(new System.Text.RegularExpressions.Regex("/integrations/acr([?]|$)"));
        await page.GetByText("Connected").First.WaitForAsync();
    }

    /// <summary>Enables one repository by its switch.</summary>
    public static async Task EnableAsync(Visit visit, string repository)
    {
        await visit.Page.GotoAsync("/integrations/acr/1/repositories");
        await visit.Page.GetByLabel($"Enable image analysis: {repository}").ClickAsync();
    }

    /// <summary>A picture in light and in dark, for a person to look at; the folder is artifacts/screenshots beside the projects.</summary>
    public static async Task ShootAsync(Visit visit, string name)
    {
        var assembly = typeof(Stage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "AppAssembly").Value!;
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(assembly)!, "../../../../artifacts/screenshots"));
        foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await visit.Page.WaitForFunctionAsync("dark => [document.body, ...document.querySelectorAll('.mud-layout, .plain-page')].every(e => { const c = getComputedStyle(e).backgroundColor.match(/[0-9.]+/g).map(Number); return c[3] === 0 || (c[0] < 128) === dark; })", scheme == ColorScheme.Dark);
            await visit.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme.ToString().ToLowerInvariant()}.png") });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await App.DisposeAsync();
        Advisories.Dispose();
        await Registry.DisposeAsync();
    }
}
