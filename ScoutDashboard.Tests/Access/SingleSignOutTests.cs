using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Signing out at the issuer, too.</summary>
public sealed class SingleSignOutTests : SingleSignOnRig
{
    [Fact]
    public async Task WhoLeavesASessionOfTheIssuersIsOfferedToLeaveThereTooAndComesBack()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        await SignInAsync(browser);

        Assert.Equal("/sign-in?left=true", await SignOutAsync(browser));
        await using var db = await DatabaseAsync();
        Assert.Empty(await db.Sessions.ToListAsync());
        Assert.Contains("href=\"/sign-out/single\"", await browser.GetStringAsync("/sign-in?left=true"), StringComparison.Ordinal);

        using var leaving = await browser.GetAsync("/sign-out/single");
        Assert.StartsWith($"{Issuer.Address}/leave?", leaving.Headers.Location?.OriginalString, StringComparison.Ordinal);
        var back = await AtIssuerAsync(leaving.Headers.Location!);
        Assert.True(Issuer.Left.TryDequeue(out var asked));
        Assert.Equal((Issuer.ClientId, "http://localhost/signout-callback-oidc"), (asked["client_id"].ToString(), asked["post_logout_redirect_uri"].ToString()));
        Assert.False(asked.ContainsKey("id_token_hint"));
        using var home = await browser.GetAsync(back);
        Assert.Equal("/sign-in", home.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task NothingIsOfferedWhereThereIsNothingToLeaveOrTheIssuerTellsNoWay(bool isIssuers, bool endsSessions)
    {
        Issuer.EndsSessions = endsSessions;
        await App.SetUpAsync();
        using var browser = isIssuers ? App.Browser() : await App.SignInAsync();
        if (isIssuers)
        {
            await SignInAsync(browser);
        }

        Assert.Equal("/sign-in", await SignOutAsync(browser));
        Assert.DoesNotContain("/sign-out/single", await browser.GetStringAsync("/sign-in"), StringComparison.Ordinal);
        using var asked = await browser.GetAsync("/sign-out/single");
        Assert.Equal(endsSessions, asked.Headers.Location?.OriginalString.StartsWith(Issuer.Address, StringComparison.Ordinal));
        Assert.Empty(Issuer.Left);
    }

    [Fact]
    public async Task AnAddressWithAnyTextInItIsNoError()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        using var answer = await browser.GetAsync("/sign-in?left=%00%3Cscript%3E");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task AnIssuerThatCantBeReadKeepsNobodyFromSigningOutHere()
    {
        await App.SetUpAsync();
        using var browser = await App.SignInAsync();
        await Issuer.DisposeAsync();
        using var asked = await browser.GetAsync("/sign-out/single");
        Assert.Equal("/sign-in", asked.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in", await SignOutAsync(browser));
        await using var db = await DatabaseAsync();
        Assert.Empty(await db.Sessions.ToListAsync());
    }

    [Fact]
    public async Task WithoutAnIssuerThereIsNoSuchWay()
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        using var asked = await browser.GetAsync("/sign-out/single");
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
        Assert.Equal("/sign-in", await SignOutAsync(browser));
        Assert.DoesNotContain("/sign-out/single", await browser.GetStringAsync("/sign-in?left=true"), StringComparison.Ordinal);
    }

    private static async Task<string?> SignOutAsync(HttpClient browser)
    {
        using var answer = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(ScoutApp.HiddenFields(await browser.GetStringAsync("/settings"))));
        return answer.Headers.Location?.OriginalString;
    }
}
