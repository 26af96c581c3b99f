using System.Reflection;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Everything that a person's way through the product needs, all of it real: registry, advisories, the application's process, a browser.</summary>
public sealed class Stage : IAsyncDisposable
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // The page's own colours change at once, MudBlazor's when the server has answered, and both fade.
    private const string IsSettled = """
        dark => {
            const isDark = (color) => { const c = color.match(/[0-9.]+/g).map(Number); return (c[0] + c[1] + c[2]) / 3 < 128; };
            const probe = (name) => {
                const e = document.body.appendChild(document.createElement("i"));
                e.style.color = `var(${name}, ${dark ? "#000" : "#fff"})`;
                const color = getComputedStyle(e).color;
                e.remove();
                return color;
            };
            return isDark(probe("--mud-palette-background")) === dark && isDark(probe("--scout-muted")) !== dark
                && [document.body, ...document.querySelectorAll(".mud-layout, .plain-page")].every(e => { const c = getComputedStyle(e).backgroundColor; return c.endsWith(", 0)") || isDark(c) === dark; })
                && document.getAnimations().every(a => !(a instanceof CSSTransition));
        }
        """;

    // A table scrolls by itself, so the page's width says nothing of it. What says nothing is drawing; ripples are cut on purpose, and what only screen readers see is a pixel wide.
    private const string CutInTables = """
        () => [...document.querySelectorAll(".mud-table-container")].flatMap(table => {
            const box = table.getBoundingClientRect();
            const isMeant = e => e.checkVisibility() && e.getBoundingClientRect().width > 0 && e.textContent.trim() && !e.matches(".visually-hidden, .visually-hidden *, .mud-ripple");
            const isOutside = e => { const r = e.getBoundingClientRect(); return r.right > box.right + 1 || r.left < box.left - 1; };
            const isCut = e => (e.matches("td, th") || getComputedStyle(e).overflowX !== "visible") && e.scrollWidth > e.clientWidth + 1;
            return [table, ...table.querySelectorAll("*")].filter(e => isMeant(e) && (isOutside(e) || isCut(e)))
                .slice(0, 5).map(e => `${e.outerHTML.slice(0, 200)} (${e.scrollWidth} in ${e.clientWidth} pixels)`);
        })
        """;

    public static readonly string Password = TestSecrets.New("member password");

    private Stage(RegistryHost registry, FaultyRegistry front, AdvisoryFolder advisories, AppProcess app, Browser browser)
    {
        Registry = registry;
        Front = front;
        Advisories = advisories;
        App = app;
        Browser = browser;
    }

    public RegistryHost Registry { get; }

    /// <summary>What the application is told to be the registry; passes everything on until a test spoils or holds it.</summary>
    public FaultyRegistry Front { get; }

    public AdvisoryFolder Advisories { get; }

    public AppProcess App { get; }

    public Browser Browser { get; }

    public static async Task<Stage> SetAsync(Dictionary<string, string>? settings = null)
    {
        var registry = await RegistryHost.StartAsync();
        var front = await FaultyRegistry.StartAsync(registry);
        var advisories = new AdvisoryFolder();
        var app = await AppProcess.StartAsync(new Dictionary<string, string>(settings ?? [])
        {
            ["Registries__AllowedHosts"] = front.AllowedHosts,
            ["Advisories__Source"] = advisories.Path,
        });
        return new Stage(registry, front, advisories, app, await Browser.StartAsync());
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
        var next = page.GetByRole(AriaRole.Button, new() { Name = "Next" });
        var place = await next.BoundingBoxAsync();
        await page.GetByLabel("Registry hostname").FillAsync(Front.Host);
        await page.GetByText("A registry that the administrator allows").WaitForAsync();
        // What is said of a hostname must not move the button away from whoever clicks it.
        Assert.Equal(place!.Y, (await next.BoundingBoxAsync())!.Y, tolerance: 1);
        await next.ClickAsync();
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

    /// <summary>
    /// A picture in dark and light, each on a laptop and on a phone, for a person to look at (artifacts/screenshots beside the projects). In each: nothing that
    /// WCAG 2.2 AA calls a violation (contrast, names, roles), no sideways scrolling, and nothing in a table that its cell or the table cuts off.
    /// </summary>
    public static async Task ShootAsync(Visit visit, string name)
    {
        var page = visit.Page;
        foreach (var (width, height, device) in new[] { (360, 780, "-phone"), (1366, 900, "") })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.WaitForFunctionAsync(IsSettled, scheme == ColorScheme.Dark);
                await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}{device}-{scheme.ToString().ToLowerInvariant()}.png") });
                var violations = await ViolationsAsync(page);
                visit.Faults.AddRange(violations.Select(violation => $"{name}{device}, {scheme}: {violation}"));
            }

            var overflow = await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth");
            if (overflow > 0)
            {
                visit.Faults.Add($"{name}{device} scrolls sideways by {overflow} pixels.");
            }

            visit.Faults.AddRange((await page.EvaluateAsync<string[]>(CutInTables)).Select(cut => $"{name}{device}, in a table: {cut}"));
        }
    }

    private static string Pictures => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(typeof(Stage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "AppAssembly").Value!)!, "../../../../artifacts/screenshots"));

    // By the debugger's door: the pages' own policy lets no foreign script in.
    private static async Task<string[]> ViolationsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        return await page.EvaluateAsync<string[]>("""
            async () => {
                const result = await axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
                return result.violations.flatMap(v => v.nodes.slice(0, 5).map(n => `${v.id}: ${n.html.slice(0, 300)} (${[...n.any, ...n.all, ...n.none].map(c => c.message).join("; ")})`));
            }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await App.DisposeAsync();
        Advisories.Dispose();
        await Front.DisposeAsync();
        await Registry.DisposeAsync();
    }
}
