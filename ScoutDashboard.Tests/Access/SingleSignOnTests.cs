using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>The whole way over an issuer on this machine, by the application's own handler.</summary>
public sealed class SingleSignOnTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();
    private readonly HttpClient _elsewhere = new(new HttpClientHandler { AllowAutoRedirect = false });
    private Issuer _issuer = null!;

    public async Task InitializeAsync()
    {
        _issuer = await Issuer.StartAsync();
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Authority"] = _issuer.Address, ["ClientId"] = Issuer.ClientId, ["ClientSecret"] = Issuer.ClientSecret, ["DisplayName"] = "Contoso",
            ["Administrators"] = "scout-admins", ["Editors"] = "scout-editors, others", ["Viewers"] = "staff",
        })
        {
            _app.Settings[$"OpenIdConnect:{key}"] = value;
        }
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _elsewhere.Dispose();
        await _app.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task WhoTheIssuerSignsInIsAMemberWithTheRoleOfTheirGroup()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        Assert.Equal("/images?search=nginx", await SignInAsync(browser, "/images?search=nginx"));

        using var account = await browser.GetAsync("/settings/account");
        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        using var members = await browser.GetAsync("/settings/members");
        Assert.Equal(HttpStatusCode.Forbidden, members.StatusCode);
        await using var db = await DatabaseAsync();
        var grace = await db.Users.SingleAsync(a => a.UserName == "grace@contoso.example");
        Assert.Equal((MemberRole.Editor, null, 1), (grace.Role, grace.PasswordHash, grace.OrganizationId));
        Assert.Equal([AuditAction.MemberAdded, AuditAction.SignedIn], await db.Audit.Where(line => line.AccountId == grace.Id).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
        Assert.All(_issuer.Redeemed, form => Assert.NotEmpty(form["code_verifier"].ToString()));
    }

    [Fact]
    public async Task TheSamePersonComesBackToTheSameAccountWithTheRoleOfToday()
    {
        await _app.SetUpAsync();
        _issuer.Person["roles"] = new[] { "scout-admins", "staff" };
        using var first = _app.Browser();
        await SignInAsync(first);
        await _app.Services.GetRequiredService<InvitationService>().CreateAsync(await _app.ActorAsync("grace@contoso.example"), MemberRole.Administrator, "a way back", default);

        _issuer.Person["roles"] = "staff";
        _issuer.Person["preferred_username"] = "grace.hopper@contoso.example";
        using var second = _app.Browser();
        await SignInAsync(second);

        await using var db = await DatabaseAsync();
        var account = await db.Users.SingleAsync(a => a.UserName != ScoutApp.UserName);
        Assert.Equal(("grace@contoso.example", MemberRole.Viewer), (account.UserName, account.Role));
        Assert.Equal("Administrator → Viewer, by Contoso", (await db.Audit.SingleAsync(line => line.Action == AuditAction.RoleChanged)).Detail);
        Assert.Empty(await db.Invitations.ToListAsync());
        Assert.Equal([(ScoutApp.UserName, false), ("grace@contoso.example", true)],
            (await _app.Services.GetRequiredService<MemberService>().ListAsync(await _app.ActorAsync(), default)).Select(member => (member.Name, member.IsByIssuer)));
        Assert.Equal(MemberOutcome.RoleByIssuer, await _app.Services.GetRequiredService<MemberService>().ChangeRoleAsync(await _app.ActorAsync(), account.Id, MemberRole.Administrator, false, default));
        // Who was signed in before is held to the new role at once.
        using var members = await first.GetAsync("/settings/members");
        Assert.Equal(HttpStatusCode.Forbidden, members.StatusCode);
    }

    [Fact]
    public async Task ALocalAccountOfTheSameNameIsNobodyElses()
    {
        await _app.SetUpAsync();
        _issuer.Person["preferred_username"] = "ADA";
        _issuer.Person["roles"] = "scout-admins";
        using var browser = _app.Browser();

        Assert.Equal("/sign-in?problem=NameTaken", await SignInAsync(browser));

        Assert.Contains("Another account has your name.", await browser.GetStringAsync("/sign-in?problem=NameTaken"), StringComparison.Ordinal);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
        Assert.Equal(("ADA", "Another account has this name."), await db.Audit.Where(line => line.Action == AuditAction.SignInFailed).Select(line => ValueTuple.Create(line.Subject, line.Detail)).SingleAsync());
    }

    [Fact]
    public async Task ANameThatChangedHandsAtTheIssuerOpensNoOthersAccount()
    {
        await _app.SetUpAsync();
        using var first = _app.Browser();
        await SignInAsync(first);

        _issuer.Person["sub"] = "2";
        using var second = _app.Browser();

        Assert.Equal("/sign-in?problem=NameTaken", await SignInAsync(second));
    }

    [Theory]
    [InlineData("scout-admin")]
    [InlineData("")]
    [InlineData("scout-editors, others")]
    public async Task WhoseGroupsHaveNoRoleStaysOutside(string group)
    {
        await _app.SetUpAsync();
        _issuer.Person["roles"] = group;
        using var browser = _app.Browser();

        Assert.Equal("/sign-in?problem=NoRole", await SignInAsync(browser));

        using var inside = await browser.GetAsync("/images");
        Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
    }

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
        await _app.SetUpAsync();
        _issuer.Falsify = Falsifiers[falsehood];
        using var browser = _app.Browser();

        Assert.Equal("/sign-in?problem=Failed", await SignInAsync(browser));

        Assert.Single(_issuer.Redeemed);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
    }

    [Fact]
    public async Task ACodeWithoutTheBrowserThatAskedForItIsWorthNothing()
    {
        await _app.SetUpAsync();
        using var victim = _app.Browser();
        using var attacker = _app.Browser();
        var callback = await CallbackAsync(attacker, "/");

        using var answer = await victim.GetAsync(callback);

        Assert.Equal("/sign-in?problem=Failed", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task TheWayBackAloneSignsNobodyIn()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        using var answer = await browser.GetAsync("/sign-in/single/done?returnUrl=%2Fimages");

        Assert.Equal("/sign-in?problem=Failed", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task ItsSessionEndsThoughItIsUsed()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        _app.Replace = services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        _app.Settings["OpenIdConnect:SessionLimit"] = "01:00:00";
        await _app.SetUpAsync();
        using var browser = _app.Browser();
        await SignInAsync(browser);

        clock.Advance(TimeSpan.FromMinutes(59));
        using var used = await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var over = await browser.GetAsync("/settings");

        Assert.Equal(HttpStatusCode.Redirect, over.StatusCode);
    }

    [Fact]
    public async Task WithPasswordsSwitchedOffOnlyTheIssuerSignsIn()
    {
        await _app.SetUpAsync();
        await using var closed = new ScoutApp { Settings = { ["OpenIdConnect:LocalSignIn"] = "false" } };
        foreach (var (key, value) in _app.Settings)
        {
            closed.Settings[key] = value;
        }

        await closed.SetUpAsync();
        var invitations = closed.Services.GetRequiredService<InvitationService>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await invitations.CreateAsync(await closed.ActorAsync(), MemberRole.Viewer, "", default));
        // One that was made before.
        var invitation = await new InvitationService(closed.Services.GetRequiredService<IDbContextFactory<ScoutDb>>(), closed.Services.GetRequiredService<IServiceScopeFactory>(), new SingleSignOnOptions(), TimeProvider.System)
            .CreateAsync(await closed.ActorAsync(), MemberRole.Viewer, "", default);
        using var browser = closed.Browser();
        var page = await browser.GetStringAsync("/sign-in");
        Assert.Contains("Sign in with Contoso", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);
        using var joining = await browser.GetAsync(invitation);
        Assert.Equal(HttpStatusCode.Gone, joining.StatusCode);
        await using var scope = closed.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IHttpContextAccessor>().HttpContext = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        Assert.Equal(SignInOutcome.Refused, await scope.ServiceProvider.GetRequiredService<PasswordSignIn>().TryAsync(new SignInForm { Name = ScoutApp.UserName, Password = ScoutApp.Password }));

        var used = await closed.ActorAsync();
        await new PasswordSessionEnd(closed.Services.GetRequiredService<IDbContextFactory<ScoutDb>>(), closed.Services.GetRequiredService<SingleSignOnOptions>()).StartAsync(default);
        await using var db = await closed.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        Assert.False(await db.Sessions.AnyAsync(session => session.Id == used.SessionId));
        Assert.Equal("/", await SignInAsync(browser));
    }

    [Fact]
    public async Task WhoLosesEveryRoleIsOutInAllBrowsersAndLeavesNoWayBack()
    {
        await _app.SetUpAsync();
        _issuer.Person["roles"] = "scout-admins";
        using var first = _app.Browser();
        await SignInAsync(first);
        var actor = await _app.ActorAsync("grace@contoso.example");
        await _app.Services.GetRequiredService<InvitationService>().CreateAsync(actor, MemberRole.Administrator, "a way back", default);
        await _app.Services.GetRequiredService<ApiKeyService>().CreateAsync(actor, "another", ApiScopes.Audit, 30, default);

        _issuer.Person["roles"] = "";
        using var second = _app.Browser();
        Assert.Equal("/sign-in?problem=NoRole", await SignInAsync(second));

        using var inside = await first.GetAsync("/images");
        Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Equal(MemberRole.Viewer, (await db.Users.SingleAsync(a => a.UserName == "grace@contoso.example")).Role);
        Assert.Equal((0, 0), (await db.Invitations.CountAsync(), await db.ApiKeys.CountAsync()));
        Assert.Equal([AuditAction.SignInFailed, AuditAction.RoleChanged, AuditAction.InvitationRevoked, AuditAction.ApiKeyRevoked],
            await db.Audit.OrderByDescending(line => line.Id).Take(4).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
    }

    [Fact]
    public async Task SigningInAnewBeginsANewSession()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();
        await SignInAsync(browser);
        await SignInAsync(browser);

        await using var db = await DatabaseAsync();
        Assert.Equal(2, await db.Audit.CountAsync(line => line.Action == AuditAction.SignedIn));
        Assert.Equal(2, await db.Sessions.CountAsync());
    }

    [Fact]
    public async Task HundredsOfGroupsFitIntoACookie()
    {
        await _app.SetUpAsync();
        _issuer.Person["roles"] = Enumerable.Range(0, 900).Select(_ => Guid.NewGuid().ToString()).Append("others").ToArray();
        using var browser = _app.Browser();
        using var back = await browser.GetAsync(await CallbackAsync(browser, "/"));

        Assert.InRange(back.Headers.GetValues("Set-Cookie").Sum(cookie => cookie.Length), 1, 6000);
        Assert.Equal("/", await SignInAsync(browser));
    }

    [Fact]
    public async Task AReturnAddressInAnyLettersIsReached()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        Assert.Equal("/images?search=%C3%BC", await SignInAsync(browser, "/images?search=ü"));
    }

    [Fact]
    public async Task AnIssuerThatCantBeReachedLeavesTheOtherWay()
    {
        await _app.SetUpAsync();
        await _issuer.DisposeAsync();
        using var browser = _app.Browser();

        using var answer = await browser.GetAsync("/sign-in/single");

        Assert.Equal("/sign-in?problem=Unreachable", answer.Headers.Location?.OriginalString);
        var page = await browser.GetStringAsync("/sign-in?problem=Unreachable");
        Assert.Contains("Contoso can&#x27;t be reached.", page, StringComparison.Ordinal);
        Assert.Contains("type=\"password\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAnIssuerThereIsNoSuchWay()
    {
        await using var plain = new ScoutApp();
        await plain.SetUpAsync();
        using var browser = plain.Browser();

        using var begin = await browser.GetAsync("/sign-in/single");

        Assert.Equal("/sign-in", begin.Headers.Location?.AbsolutePath);
        Assert.DoesNotContain("/sign-in/single", await browser.GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", "https://issuer.example", "needs OpenIdConnect__ClientId and OpenIdConnect__ClientSecret")]
    [InlineData("Authority", "https://issuer.example?tenant=1", "without user, query or fragment")]
    [InlineData("Authority", "http://issuer.example", "must begin with https://")]
    [InlineData("Administrators", "*", "everybody whom the issuer knows would be one")]
    [InlineData("LocalSignIn", "false", "nobody could sign in")]
    public void WhatCantBeRightIsToldAtStart(string key, string value, string fault) => Assert.Contains(
        ScoutSettings.Schema.Check(new ConfigurationBuilder().AddInMemoryCollection([new($"OpenIdConnect:{key}", value)]).Build()).Faults, told => told.Contains(fault, StringComparison.Ordinal));

    [Theory]
    [InlineData("scout-admins staff", MemberRole.Administrator)]
    [InlineData("others", MemberRole.Editor)]
    [InlineData("anything", MemberRole.Viewer)]
    [InlineData("", MemberRole.Viewer)]
    public void TheHighestRoleOfAnyGroupCountsAndAStarIsEverybody(string groups, MemberRole role) => Assert.Equal(
        role, new SingleSignOnOptions { Administrators = ["scout-admins"], Editors = ["others"], Viewers = ["*"] }.RoleOf(groups.Split(' ')));

    private async Task<ScoutDb> DatabaseAsync() => await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

    /// <summary>Goes the whole way as a browser does; returns where it ends.</summary>
    private async Task<string> SignInAsync(HttpClient browser, string returnUrl = "/")
    {
        using var back = await browser.GetAsync(await CallbackAsync(browser, returnUrl));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        if (!back.Headers.Location!.OriginalString.StartsWith("/sign-in/single/done", StringComparison.Ordinal))
        {
            return back.Headers.Location.OriginalString;
        }

        using var done = await browser.GetAsync(back.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        return done.Headers.Location!.OriginalString;
    }

    /// <summary>From the sign-in page to the issuer; returns the address by which that sends the browser back.</summary>
    private async Task<Uri> CallbackAsync(HttpClient browser, string returnUrl)
    {
        using var begin = await browser.GetAsync($"/sign-in/single?returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.StartsWith($"{_issuer.Address}/authorize", begin.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using var authorized = await _elsewhere.GetAsync(begin.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, authorized.StatusCode);
        return authorized.Headers.Location!;
    }
}
