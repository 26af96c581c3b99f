using System.Net;
using System.Net.Http.Headers;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed class HostTests : IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task EveryAnswerForbidsForeignScriptsFramesAndReferrers()
    {
        using var browser = _app.Browser();

        foreach (var address in new[] { "/sign-in", "/healthz", "/settings", "/app.css" })
        {
            using var answer = await browser.GetAsync(address);
            Assert.Contains("script-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }
    }

    [Fact]
    public async Task PagesCarryNoInlineScript()
    {
        using var browser = await _app.SignInAsync();

        foreach (var page in new[] { "/settings", "/settings/password", "/images" })
        {
            Assert.DoesNotContain("<script>", await browser.GetStringAsync(page), StringComparison.Ordinal);
        }
    }

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
