using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace ScoutDashboard.Tests.Support;

/// <summary>The machine's Chromium, without a window. Each visit collects what the console said, so that a test can fail on any error.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    public static async Task<Browser> StartAsync()
    {
        var executable = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("Chromium is not installed; `bash .ci/test` installs it.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Browser(playwright, browser);
    }

    public async Task<Visit> VisitAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1366, int height = 900)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(), ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = height },
            Permissions = ["clipboard-read", "clipboard-write"], ReducedMotion = ReducedMotion.Reduce,
        });
        return new Visit(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>One visitor with cookies of their own. At the end no secret of the suite may stand in what the visitor was sent.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, ArrayBufferWriter<byte>> _received = [];
    private readonly ConcurrentQueue<Task<byte[]>> _documents = new();

    public Visit(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                lock (_errors) { _errors.Add($"{page.Url}: {message.Text}"); }
            }
        };
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            lock (_received)
            {
                var path = new Uri(page.Url).AbsolutePath;
                (_received.TryGetValue(path, out var frames) ? frames : _received[path] = new()).Write(frame.Binary ?? Encoding.UTF8.GetBytes(frame.Text ?? ""));
            }
        };
        page.RequestFinished += (_, request) =>
        {
            if (request.ResourceType == "document")
            {
                _documents.Enqueue(BodyOfAsync(request));
            }
        };
        page.PageError += (_, error) =>
        {
            lock (_errors) { _errors.Add($"{page.Url}: {error}"); }
        };
    }

    public IPage Page { get; }

    /// <summary>Everything that the console called an error, with the page's address.</summary>
    public IReadOnlyList<string> ConsoleErrors
    {
        get { lock (_errors) { return [.. _errors]; } }
    }

    /// <summary>All that open pages were sent so far by their circuits, one frame after the other.</summary>
    public byte[] Received
    {
        get { lock (_received) { return [.. _received.Values.SelectMany(frames => frames.WrittenSpan.ToArray())]; } }
    }

    /// <summary>What a look at the pages found: violations of WCAG 2.2 AA, sideways scrolling.</summary>
    public List<string> Faults { get; } = [];

    public IBrowserContext Context => _context;

    public async ValueTask DisposeAsync()
    {
        foreach (var cookie in (await _context.CookiesAsync()).Where(cookie => cookie.Name.EndsWith("scout-session", StringComparison.Ordinal)))
        {
            TestSecrets.Know("session cookie", cookie.Value);
        }

        var documents = await Task.WhenAll(_documents);
        await _context.DisposeAsync();
        lock (_received)
        {
            SecretSearch.Check([.. _received.Select(frames => ($"circuits of {frames.Key}", frames.Value.WrittenSpan.ToArray())), .. documents.Select(document => ("a page", document))]);
        }
    }

    // A link's own page may hold the link: its form goes back there.
    private static async Task<byte[]> BodyOfAsync(IRequest request)
    {
        try
        {
            var body = await (await request.ResponseAsync())!.BodyAsync();
            return request.Url.Split("token=") is [_, var link] ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(link, "", StringComparison.Ordinal)) : body;
        }
        catch (PlaywrightException)
        {
            // The browser keeps no body of what it has left, or was redirected from.
            return [];
        }
    }
}
