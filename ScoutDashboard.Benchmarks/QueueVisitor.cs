using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Benchmarks;

/// <summary>A person with a browser who opens page after page, and waits for what each is about.</summary>
internal sealed class QueueVisitor : IAsyncDisposable
{
    private const string Password = "otter lantern granite 42";
    private static readonly (string Name, string Address, string Content)[] Pages =
    [
        ("overview", "/", ".image-lines a"),
        ("image list", "/images", "tbody a[href^='/repositories/']"),
        ("image", "/images/1", "tbody a[href^='/vulnerabilities/']"),
        ("vulnerabilities", "/vulnerabilities", "tbody a[href^='/vulnerabilities/']"),
    ];

    private readonly Visit _visit;

    private QueueVisitor(Visit visit) => _visit = visit;

    /// <summary>Makes the first account, connects the registry and enables all its repositories.</summary>
    public static async Task<QueueVisitor> SetUpAsync(Browser browser, AppProcess app, string registry)
    {
        var visit = await browser.VisitAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(app.SetupLink!.ToString());
        await page.GetByLabel("Organization").FillAsync("Contoso");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("ada");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Password again").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();

        await page.GotoAsync("/integrations/acr/new");
        await page.GetByLabel("Registry hostname").FillAsync(registry);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Deploy to Azure" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByLabel("Registry token").FillAsync("any");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable integration" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/integrations/acr([?]|$)"));

        await page.GotoAsync("/integrations/acr/1/repositories");
        await page.GetByLabel("Select all on this page").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable image analysis", Exact = true }).ClickAsync();
        return new QueueVisitor(visit);
    }

    /// <summary>Has all feeds read again.</summary>
    public async Task RefreshFeedsAsync()
    {
        await _visit.Page.GotoAsync("/settings/feeds");
        await _visit.Page.GetByRole(AriaRole.Button, new() { Name = "Refresh all" }).ClickAsync();
        await _visit.Page.GetByText("Loading", new() { Exact = true }).First.WaitForAsync();
    }

    /// <summary>Opens every page in turns, so many times or until told to end; gives the milliseconds until each page's content was there.</summary>
    public async Task<Dictionary<string, List<double>>> LookAsync(int rounds, CancellationToken end)
    {
        var times = Pages.ToDictionary(page => page.Name, _ => new List<double>());
        for (var round = 0; round < rounds && !end.IsCancellationRequested; round++)
        {
            foreach (var (name, address, content) in Pages)
            {
                var start = Stopwatch.GetTimestamp();
                await _visit.Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
                await _visit.Page.Locator(content).First.WaitForAsync();
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return times;
    }

    /// <summary>Opens further pages that follow what happens, and leaves them open, without a browser: each would take the cores that are to be measured.</summary>
    public async Task<IReadOnlyList<Circuit>> OpenAsync(int count)
    {
        string[] live = ["/jobs", "/images", "/settings/system", "/integrations/acr/1/repositories"];
        var address = new Uri(_visit.Page.Url);
        var cookies = new CookieContainer();
        foreach (var cookie in await _visit.Context.CookiesAsync())
        {
            cookies.Add(address, new System.Net.Cookie(cookie.Name, cookie.Value, "/"));
        }

        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, UseProxy = false });
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var opened = new List<Circuit>();
        for (var at = 0; at < count; at++)
        {
            opened.Add(await Circuit.OpenAsync(client, cookies, new Uri(address, live[at % live.Length])));
        }

        return opened;
    }

    public ValueTask DisposeAsync() => _visit.DisposeAsync();
}
