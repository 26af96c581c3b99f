using System.Net;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class SignInTests : IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task TheRightPasswordOpensTheApplicationAndSignOutClosesIt()
    {
        using var browser = await _app.SignInAsync();

        var page = await browser.GetStringAsync("/settings");
        Assert.Contains("id=\"sign-out\"", page, StringComparison.Ordinal);

        using var signedOut = await PostFormOfAsync(browser, "/settings", "/sign-out");
        Assert.Equal("/sign-in", signedOut.Headers.Location?.OriginalString);
        using var after = await browser.GetAsync("/settings");
        Assert.Equal("/sign-in", after.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task SignOutWithoutAntiforgeryTokenChangesNothing()
    {
        using var browser = await _app.SignInAsync();

        using var forged = await browser.PostAsync("/sign-out", new FormUrlEncodedContent([]));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var after = await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task FiveWrongPasswordsLockTheAccountEvenForTheRightOne()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            Assert.Contains("Name or password is wrong.", await TryAsync(browser, ScoutApp.UserName, "wrong wrong wrong"), StringComparison.Ordinal);
        }

        Assert.Contains("Too many attempts.", await TryAsync(browser, ScoutApp.UserName, "wrong wrong wrong"), StringComparison.Ordinal);
        Assert.Contains("Too many attempts.", await TryAsync(browser, ScoutApp.UserName, ScoutApp.Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownNameIsRefusedInTheSameWordsAsAWrongPassword()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        Assert.Contains("Name or password is wrong.", await TryAsync(browser, "nobody", "wrong wrong wrong"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/images?search=nginx", "/images?search=nginx")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("/\t/evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("", "/")]
    public async Task SigningInReturnsOnlyToAddressesOfThisApplication(string returnUrl, string target)
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}",
            new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(new Uri(new Uri("http://localhost"), target), new Uri(new Uri("http://localhost"), answer.Headers.Location!));
    }

    [Fact]
    public async Task TheSessionCookieIsOutOfReachOfScriptsAndOtherSites()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("scout-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACookieThatCannotBeReadIsNoSessionAndNoError()
    {
        using var browser = _app.Browser();
        browser.DefaultRequestHeaders.Add("Cookie", "scout-session=CfDJ8garbage; scout-antiforgery=CfDJ8garbage");

        using var answer = await browser.GetAsync("/sign-in");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> TryAsync(HttpClient browser, string name, string password)
    {
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = password });
        return await answer.Content.ReadAsStringAsync();
    }

    // Submits a form that another page carries.
    private static async Task<HttpResponseMessage> PostFormOfAsync(HttpClient browser, string page, string action) =>
        await browser.PostAsync(action, new FormUrlEncodedContent(ScoutApp.HiddenFields(await browser.GetStringAsync(page))));
}
