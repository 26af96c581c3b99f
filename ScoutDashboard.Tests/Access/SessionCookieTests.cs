using System.Net;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ScoutDashboard.Access;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>What the session's cookie is called, and which ones are taken.</summary>
public sealed class SessionCookieTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => _app.SetUpAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("http", "scout-session", false)]
    [InlineData("https", "__Host-scout-session", true)]
    public async Task OverHttpsItIsThisHostsAlone(string scheme, string name, bool isSecure)
    {
        using var browser = Browser(scheme);
        var cookie = await SignInAsync(browser);

        Assert.Equal(name, cookie[..cookie.IndexOf('=', StringComparison.Ordinal)]);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.Ordinal));
        Assert.Contains("; path=/;", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));

        using var signedOut = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(ScoutApp.HiddenFields(await browser.GetStringAsync("/settings"))));
        Assert.Contains(signedOut.Headers.GetValues("Set-Cookie"), set => set.StartsWith($"{name}=;", StringComparison.Ordinal) && set.Contains("; secure", StringComparison.Ordinal) == isSecure);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    // Under the plain name a neighbour under the same domain, or whoever answers plain http in the host's name, can give a visitor a session of their own.
    [Theory]
    [InlineData("http", "scout-session", false, true)]
    [InlineData("http", "__Host-scout-session", false, false)]
    [InlineData("https", "__Host-scout-session", false, true)]
    [InlineData("https", "scout-session", false, false)]
    [InlineData("https", "scout-session", true, true)]
    [InlineData("http", "scout-session", true, true)]
    public async Task ASessionIsTakenUnderItsOwnNameAndUnderThePlainOneWhereItBeganBeforeThereWasAnother(string scheme, string name, bool isOld, bool isTaken)
    {
        using var elsewhere = Browser("https");
        var value = (await SignInAsync(elsewhere)).Split(';')[0].Split('=', 2)[1];
        using var browser = Browser(scheme);
        browser.DefaultRequestHeaders.Add("Cookie", $"{name}={(isOld ? BeforeNames(value) : value)}");

        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    [Fact]
    public async Task TheVisitorsOwnSessionGoesBeforeAGift()
    {
        using var elsewhere = Browser("https");
        var own = (await SignInAsync(elsewhere)).Split(';')[0];
        using var browser = Browser("https");
        browser.DefaultRequestHeaders.Add("Cookie", $"scout-session=CfDJ8garbage; {own}");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
    }

    [Fact]
    public void ANewCookieTakesTheOneOfThePlainNameAway()
    {
        var http = new DefaultHttpContext { Request = { Scheme = "https", Headers = { Cookie = "scout-session=old" } } };
        new SessionCookieName().AppendResponseCookie(http, SessionCookieName.Plain, "new", new CookieOptions { Path = "/", Secure = true });

        Assert.Equal(["__Host-scout-session=new; path=/; secure", "scout-session=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; secure"], http.Response.Headers.SetCookie.Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Form() => new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password };

    private HttpClient Browser(string scheme) => _app.Browser(new Uri($"{scheme}://localhost"));

    // Returns what sets the cookie.
    private static async Task<string> SignInAsync(HttpClient browser)
    {
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", Form());
        return answer.Headers.GetValues("Set-Cookie").Single(set => set.Contains("scout-session=", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("/settings");
        return answer.StatusCode;
    }

    // As a version wrote it that knew one name only.
    private string BeforeNames(string value)
    {
        var format = _app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme).TicketDataFormat;
        var ticket = format.Unprotect(value)!;
        Assert.True(ticket.Properties.Items.Remove("named"));
        return format.Protect(ticket);
    }
}
