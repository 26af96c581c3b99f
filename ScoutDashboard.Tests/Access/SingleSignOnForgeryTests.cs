using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using ScoutDashboard.Access;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Access;

/// <summary>Tokens, codes and ways back that the issuer did not give to this browser for this sign-in.</summary>
public sealed class SingleSignOnForgeryTests : SingleSignOnRig
{
    public static TheoryData<string> Falsehoods => [.. Falsifiers.Keys];

    private static readonly Dictionary<string, Action<SecurityTokenDescriptor>> Falsifiers = new()
    {
        ["signed by another"] = token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "first" }, SecurityAlgorithms.RsaSha256),
        ["not signed"] = token => token.SigningCredentials = null,
        ["signed with the public key as a secret"] = token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[64]) { KeyId = "first" }, SecurityAlgorithms.HmacSha256),
        ["for another client"] = token => token.Audience = "another client",
        ["of another issuer"] = token => token.Issuer = "https://issuer.example",
        ["of yesterday"] = token => (token.NotBefore, token.IssuedAt, token.Expires) = (DateTime.UtcNow.AddHours(-25), DateTime.UtcNow.AddHours(-25), DateTime.UtcNow.AddHours(-24)),
        ["of another sign-in"] = token => token.Claims["nonce"] = "another",
        ["of nobody"] = token => token.Claims.Remove("sub"),
    };

    [Theory]
    [MemberData(nameof(Falsehoods))]
    public async Task ATokenThatIsFalseSignsNobodyIn(string falsehood)
    {
        await App.SetUpAsync();
        Issuer.Falsify = Falsifiers[falsehood];
        using var browser = App.Browser();

        Assert.Equal("/sign-in?problem=Failed", await SignInAsync(browser));

        Assert.Single(Issuer.Redeemed);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
    }

    [Fact]
    public async Task ACodeWithoutTheBrowserThatAskedForItIsWorthNothing()
    {
        await App.SetUpAsync();
        using var victim = App.Browser();
        using var attacker = App.Browser();
        var callback = await CallbackAsync(attacker, "/");

        using var answer = await victim.GetAsync(callback);

        Assert.Equal("/sign-in?problem=Failed", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task TheWayBackAloneSignsNobodyIn()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();

        using var answer = await browser.GetAsync("/sign-in/single/done?returnUrl=%2Fimages");

        Assert.Equal("/sign-in?problem=Failed", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task FailuresAreWrittenDownWithoutTheStrangersTextAndNotWithoutEnd()
    {
        await App.SetUpAsync();
        using var stranger = App.Browser();
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork * 2; attempt++)
        {
            using var answer = await stranger.GetAsync("/signin-oidc?error=access_denied&error_description=text-of-a-stranger&state=made-up");
            Assert.Equal("/sign-in?problem=Failed", answer.Headers.Location?.OriginalString);
        }

        await using var db = await DatabaseAsync();
        Assert.Equal(Enumerable.Repeat(("", "", "The issuer of single sign-on did not sign anybody in."), SignInThrottle.TriesFromOneNetwork),
            await db.Audit.Where(line => line.Action == AuditAction.SignInFailed).Select(line => ValueTuple.Create(line.Name, line.Subject, line.Detail)).ToListAsync());
    }

    [Theory]
    [InlineData("/sign-in/single")]
    [InlineData("/sign-in/single/done")]
    [InlineData("/signin-oidc?error=access_denied&state=made-up")]
    [InlineData("/SignIn-oidc?error=access_denied&state=made-up")]
    [InlineData("/signout-callback-oidc")]
    public async Task TheWayToTheIssuerIsNotOpenedWithoutEnd(string address)
    {
        await App.SetUpAsync();
        using var stranger = App.Browser();
        for (var attempt = 0; attempt < SignInLimit.AttemptsPerMinute; attempt++)
        {
            using var answer = await stranger.GetAsync(address);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
        }

        using var over = await stranger.GetAsync(address);
        Assert.Equal(HttpStatusCode.TooManyRequests, over.StatusCode);
        using var page = await stranger.GetAsync("/sign-in");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }
}
