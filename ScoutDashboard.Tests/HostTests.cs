using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed partial class HostTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task EveryAnswerForbidsForeignScriptsFramesAndReferrers()
    {
        using var browser = _app.Browser();

        foreach (var address in new[] { "/sign-in", "/healthz", "/settings", "/app.css" })
        {
            using var answer = await browser.GetAsync(address);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Equal(
                "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
                policy);
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Opener-Policy")));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }
    }

    [Fact]
    public async Task PagesCarryNoInlineScript()
    {
        using var browser = await _app.SignInAsync();

        using var stranger = _app.Browser();

        foreach (var (visitor, page) in new[] { (browser, "/settings"), (browser, "/settings/password"), (browser, "/settings/members"), (browser, "/"), (stranger, "/sign-in"), (stranger, "/join?token=x"), (stranger, "/setup?token=x") })
        {
            using var answer = await visitor.GetAsync(page);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Contains("<script src=", html, StringComparison.Ordinal);
            Assert.DoesNotMatch(InlineScript(), html);
        }
    }

    // A script without a file, or one in an attribute.
    [GeneratedRegex("""<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:""", RegexOptions.IgnoreCase)]
    internal static partial Regex InlineScript();

    [Fact]
    public async Task AnAddressThatDoesNotExistIsAPageForPeopleAndABareStatusForPrograms()
    {
        using var browser = await _app.SignInAsync();
        using var person = await browser.GetAsync("/no/such/page");
        browser.DefaultRequestHeaders.Accept.Clear();
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var program = await browser.GetAsync("/no/such/page");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (person.StatusCode, program.StatusCode));
        Assert.Contains("<html", await person.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await program.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task NobodyMayClaimToBeAnotherHostUnlessTheProxyIsTrusted()
    {
        using var browser = _app.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var answer = await browser.GetAsync("/settings");

        Assert.Equal("http://localhost/sign-in", answer.Headers.Location?.GetLeftPart(UriPartial.Path));
    }

    [Fact]
    public void ADataFolderHasOneOwnerAtATimeAndIsClosedToOthers()
    {
        using var browser = _app.Browser();

        var refusal = Assert.Throws<StartupException>(() => ScoutPaths.Claim(_app.DataDirectory));

        Assert.Contains("Another ScoutDashboard uses the data folder", refusal.Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_app.DataDirectory));
        }
    }
}
