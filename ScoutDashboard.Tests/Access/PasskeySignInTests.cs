using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Signing in by a passkey, and by what only looks like one.</summary>
public sealed class PasskeySignInTests : PasskeyRig
{
    [Fact]
    public async Task APasskeySignsInWithoutPasswordAndCode()
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        Assert.Equal("Done", await AddAsync(browser, device));
        await TurnOnAsync(await App.ActorAsync());
        using var another = App.Browser();

        Assert.Equal(("Done", "/images?search=nginx"), await SignInAsync(another, device, "/images?search=nginx"));

        Assert.True(await IsInsideAsync(another));
        await using var db = await DatabaseAsync();
        var passkey = await db.Passkeys.SingleAsync();
        Assert.Equal(("phone", 1L, Clock.GetUtcNow().UtcDateTime, "internal"), (passkey.Name, passkey.SignCount, passkey.LastUsedAt, passkey.Transports));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    public async Task ItLeadsOnlyToAddressesOfThisApplication(string returnUrl)
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        using var another = App.Browser();

        Assert.Equal(("Done", "/"), await SignInAsync(another, device, returnUrl));
    }

    public static TheoryData<string> Falsehoods => [.. Falsifiers.Keys];

    private static readonly Dictionary<string, Action<SoftAuthenticator>> Falsifiers = new()
    {
        ["of another origin"] = device => device.Origin = "https://localhost.evil.example",
        ["of another port"] = device => device.Origin = "http://localhost:8080",
        ["of no origin"] = device => device.Origin = "",
        ["in a frame of others"] = device => device.IsInFrame = true,
        ["for another domain"] = device => device.Domain = "evil.example",
        ["without the person's verification"] = device => device.IsVerified = false,
        ["without the person"] = device => device.IsPresent = false,
        ["whose counter stands"] = device => device.Count--,
        ["whose counter goes backwards"] = device => device.Count -= 3,
        ["of a counter that is hidden"] = device => (device.Count, device.Counts) = (0, false),
        ["of another challenge"] = device => device.Challenge = Base64Url.EncodeToString(new byte[32]),
        ["of a new passkey"] = device => device.Type = "webauthn.create",
        ["by another key"] = device => device.ForgeKey(),
        ["of an unknown passkey"] = device => device.Id = new byte[32],
        ["for another account"] = device => device.UserHandle = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("account-eve")),
        ["for nobody"] = device => device.UserHandle = null,
    };

    [Theory]
    [MemberData(nameof(Falsehoods))]
    public async Task AnAnswerThatIsFalseSignsNobodyIn(string falsehood)
    {
        using var device = new SoftAuthenticator { Count = 7 };
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        using var another = App.Browser();
        Assert.Equal("Done", (await SignInAsync(another, device)).Outcome);
        using var attacker = App.Browser();
        Falsifiers[falsehood](device);

        Assert.Equal("Refused", (await SignInAsync(attacker, device)).Outcome);

        Assert.False(await IsInsideAsync(attacker));
        await using var db = await DatabaseAsync();
        Assert.Equal("The passkey was not accepted.", (await db.Audit.SingleAsync(line => line.Action == AuditAction.SignInFailed)).Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"","signature":"","userHandle":"AAAA"}}""")]
    public async Task WhatIsNoAnswerSignsNobodyIn(string credential)
    {
        await App.SetUpAsync();
        using var attacker = App.Browser();
        await ChallengeAsync(attacker);

        Assert.Equal("Refused", (string?)(await AnswerAsync(attacker, credential))["outcome"]);
    }

    [Fact]
    public async Task AnAnswerThatWasCaughtWithItsCookieCountsOnce()
    {
        // One that is copied between devices has no counter that would tell.
        using var device = new SoftAuthenticator { Counts = false };
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        using var wire = App.Client(keepsCookies: false);
        using var page = await wire.GetAsync("/sign-in");
        wire.DefaultRequestHeaders.Add("Cookie", Cookies(page));
        var token = ScoutApp.HiddenFields(await page.Content.ReadAsStringAsync())["__RequestVerificationToken"];
        using var asked = await wire.PostAsync("/sign-in/passkey/options", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        wire.DefaultRequestHeaders.Remove("Cookie");
        wire.DefaultRequestHeaders.Add("Cookie", $"{Cookies(page)}; {Cookies(asked)}");
        var caught = new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["credential"] = device.Sign(System.Text.Json.Nodes.JsonNode.Parse(await asked.Content.ReadAsStringAsync())!) };

        using var first = await wire.PostAsync("/sign-in/passkey", new FormUrlEncodedContent(caught));
        using var second = await wire.PostAsync("/sign-in/passkey", new FormUrlEncodedContent(caught));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (first.StatusCode, second.StatusCode));
        Assert.Contains(first.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("scout-session=", StringComparison.Ordinal));
        Assert.Contains("Expired", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        static string Cookies(HttpResponseMessage answer) => string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
    }

    [Fact]
    public async Task AChallengeWaitsForSomeMinutesAndForItsOwnPurpose()
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        using var late = App.Browser();
        var challenge = await ChallengeAsync(late);
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Expired", (string?)(await AnswerAsync(late, device.Sign(challenge)))["outcome"]);

        var creation = await AskAsync(browser, "/settings/account", "/settings/passkeys/options", new() { ["password"] = ScoutApp.Password });
        Assert.Equal("Expired", (string?)(await AskAsync(browser, "/settings/account", "/sign-in/passkey", new() { ["credential"] = device.Sign(creation) }))["outcome"]);
        using var without = App.Browser();
        Assert.Equal("Expired", (string?)(await AnswerAsync(without, device.Sign(challenge)))["outcome"]);
    }

    [Fact]
    public async Task WithAPublicAddressPasskeysHoldForItsHostAndItsOriginOnly()
    {
        App.Settings["Scout:PublicUrl"] = "https://scout.example.com";
        using var device = new SoftAuthenticator { Domain = "scout.example.com", Origin = "https://scout.example.com" };
        using var browser = await App.SignInAsync();
        Assert.Equal("Done", await AddAsync(browser, device));
        using var another = App.Browser();
        Assert.Equal("scout.example.com", (string?)(await ChallengeAsync(another))["rpId"]);

        foreach (var origin in new[] { "http://localhost", "http://scout.example.com", "https://evil.scout.example.com", "https://scout.example.com:8443" })
        {
            device.Origin = origin;
            Assert.Equal("Refused", (await SignInAsync(another, device)).Outcome);
        }

        device.Origin = "https://scout.example.com";
        Assert.Equal("Done", (await SignInAsync(another, device)).Outcome);
    }

    [Fact]
    public async Task WithoutThePagesTokenNothingIsAnswered()
    {
        await App.SetUpAsync();
        using var stranger = App.Browser();
        foreach (var address in new[] { "/sign-in/passkey/options", "/sign-in/passkey" })
        {
            using var answer = await stranger.PostAsync(address, new FormUrlEncodedContent([new("credential", "{}")]));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task AnAccountWhosePasswordWasTakenAwayHasNoWayInByItsPasskeys()
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        await using var db = await DatabaseAsync();
        await db.Users.ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, (string?)null));
        using var another = App.Browser();

        Assert.Equal("Refused", (await SignInAsync(another, device)).Outcome);
    }
}
