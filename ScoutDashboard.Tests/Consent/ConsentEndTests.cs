using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Access;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>How a consent ends, and where its token must not be found.</summary>
public sealed class ConsentEndTests : ConsentRig
{
    private readonly TextLog _log = new();

    public static TheoryData<string> Ends => ["stops", "signs out", "session ended elsewhere", "signed out by an administrator", "removed", "lost the role at the issuer", "lost every role at the issuer"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task ItEndsWithTheSessionOrTheMemberAndTakesTheTokenAlong(string end)
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));
        var identity = (await App.Services.GetRequiredService<AzureIdentities>().OfAsync(grace, default))!;
        Assert.Single(await identity.For(null).Subscriptions.ListAsync(default));

        await EndAsync(end, browser, grace);

        await using var db = await DatabaseAsync();
        Assert.Empty(await db.AzureConsents.ToListAsync());
        // Also for what goes on with it.
        var calls = Arm.Calls.Count;
        var refused = await Assert.ThrowsAsync<ArmException>(() => identity.For(null).Subscriptions.ListAsync(default));
        Assert.Equal((ArmError.NoIdentity, "You do not let the dashboard act in Azure any more: your consent has ended."), (refused.Error, refused.Message));
        Assert.Contains("act in Azure as you again", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(calls, Arm.Calls.Count);
    }

    [Theory]
    [InlineData(900, 15)]
    [InlineData(100_000, 120)]
    public async Task ItEndsWithTheTokenAndAfterTwoHoursAtTheLatest(int seconds, int minutes)
    {
        await App.SetUpAsync();
        Issuer.Lifetime = seconds;
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));

        await using var db = await DatabaseAsync();
        var consent = await db.AzureConsents.SingleAsync();
        Assert.InRange((consent.EndsAt - consent.GivenAt).TotalMinutes, minutes - 1, minutes);
        await db.AzureConsents.ExecuteUpdateAsync(set => set.SetProperty(c => c.EndsAt, c => c.GivenAt));
        Assert.False(await IsOnAsync(grace));
        await App.Services.GetRequiredService<ConsentStore>().ForgetEndedAsync(default);
        Assert.False(await db.AzureConsents.AnyAsync());
    }

    [Fact]
    public async Task ATokenThatHasEndedAlreadyGivesNothing()
    {
        await App.SetUpAsync();
        Issuer.Lifetime = 0;
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);

        Assert.Equal("/integrations/acr/new?azure=Failed", await ConsentAsync(browser, grace));

        Assert.False(await IsOnAsync(grace));
    }

    [Fact]
    public async Task ARowThatIsCopiedToAnotherSessionDoesNotOpenThere()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));
        using var other = App.Browser();
        Be("2", "joan@contoso.example");
        var joan = await EnterAsync(other);
        await using var db = await DatabaseAsync();
        var given = await db.AzureConsents.AsNoTracking().SingleAsync();
        given.SessionId = joan.SessionId;
        db.AzureConsents.Add(given);
        await db.SaveChangesAsync();

        var identity = (await App.Services.GetRequiredService<AzureIdentities>().OfAsync(joan, default))!;

        Assert.Equal(ArmError.NoIdentity, (await Assert.ThrowsAsync<ArmException>(() => identity.For(null).Subscriptions.ListAsync(default))).Error);
        Assert.Empty(Arm.Calls);
    }

    [Fact]
    public async Task NoRefusalOfAzureIsBlamedOnAnIdentityThatIsNotThere()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));
        var identity = (await App.Services.GetRequiredService<AzureIdentities>().OfAsync(grace, default))!;
        Arm.Knows = _ => false;
        var unknown = await Assert.ThrowsAsync<ArmException>(() => identity.For(null).Subscriptions.ListAsync(default));
        Arm.Knows = _ => true;
        Arm.Trouble = async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"No."}}""");
            return true;
        };
        var forbidden = await Assert.ThrowsAsync<ArmException>(() => identity.For(null).Subscriptions.ListAsync(default));
        Arm.Trouble = context =>
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_claims\", claims=\"{Convert.ToBase64String("{}"u8)}\"";
            return Task.FromResult(true);
        };
        var evaluated = await Assert.ThrowsAsync<ArmException>(() => identity.For(null).Subscriptions.ListAsync(default));

        Assert.All([unknown, forbidden, evaluated], refused => Assert.DoesNotContain("identity", $"{refused.Message} {refused.Remedy}", StringComparison.OrdinalIgnoreCase));
        Assert.Equal((ArmError.Unauthorized, ArmError.Forbidden), (unknown.Error, forbidden.Error));
        Assert.Contains("onsent", evaluated.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTokenIsFoundNowhere()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        var answer = await ConsentCallbackAsync(browser, grace);
        using var back = await browser.GetAsync(answer);
        var shown = new StringBuilder(back.ToString());
        // Nobody is signed in by it, nor kept for later.
        Assert.DoesNotContain(back.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("Identity.External", StringComparison.Ordinal) || cookie.Contains(SessionCookieName.Plain, StringComparison.Ordinal));
        await DiscoverAsync(grace);
        foreach (var page in new[] { "/integrations/acr/new", "/integrations/acr", "/settings/account" })
        {
            using var seen = await browser.GetAsync(page);
            shown.Append(seen.Headers).Append(await seen.Content.ReadAsStringAsync());
        }

        using var log = await browser.GetAsync("/settings/audit.csv");
        shown.Append(await log.Content.ReadAsStringAsync());

        var token = Assert.Single(Issuer.Given);
        var logged = string.Join('\n', _log.Lines);
        var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(answer.Query)["code"].ToString();
        Assert.Contains("grace@contoso.example", shown.ToString(), StringComparison.Ordinal);
        foreach (var secret in new[] { token, token.Split('.')[1], token.Split('.')[2], code })
        {
            Assert.False(SecretForms.Holds(Encoding.UTF8.GetBytes(shown.ToString()), secret), "shown");
            Assert.False(SecretForms.Holds(Encoding.UTF8.GetBytes(logged), secret), "logged");
            foreach (var file in Directory.EnumerateFiles(App.DataDirectory, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
            {
                Assert.False(SecretForms.Holds(await File.ReadAllBytesAsync(file), secret), file);
            }
        }

        Assert.Contains("Identity.Application", logged, StringComparison.Ordinal);
        // What was stored of it was among what was searched.
        await using var db = await DatabaseAsync();
        var closed = (await db.AzureConsents.SingleAsync()).ProtectedToken;
        Assert.Contains(Directory.EnumerateFiles(App.DataDirectory, "scout.db*"), file => SecretForms.Holds(File.ReadAllBytes(file), closed));
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (App.Settings["Logging:LogLevel:Default"], App.Settings["Logging:LogLevel:Microsoft"], App.Settings["Logging:LogLevel:System.Net.Http"]) = ("Trace", "Trace", "Trace");
    }

    private protected override void Replace(IServiceCollection services)
    {
        base.Replace(services);
        services.AddLogging(logging => logging.AddProvider(_log));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task EndAsync(string end, HttpClient browser, Actor grace)
    {
        var services = App.Services;
        switch (end)
        {
            case "stops":
                await services.GetRequiredService<ConsentStore>().EndAsync(grace, default);
                await using (var db = await DatabaseAsync())
                {
                    Assert.Equal("grace@contoso.example", (await db.Audit.SingleAsync(line => line.Action == AuditAction.AzureConsentEnded)).Subject);
                }

                break;
            case "signs out":
                using (var left = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(ScoutApp.HiddenFields(await browser.GetStringAsync("/settings")))))
                {
                    Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
                }

                break;
            case "session ended elsewhere":
                using (var second = App.Browser())
                {
                    await services.GetRequiredService<SessionService>().EndOthersAsync(await EnterAsync(second), grace.SessionId, default);
                }

                break;
            case "signed out by an administrator":
                Assert.Equal(MemberOutcome.Done, await services.GetRequiredService<MemberService>().EndSessionsAsync(await App.ActorAsync(), grace.AccountId, default));
                break;
            case "removed":
                Assert.Equal(MemberOutcome.Done, await services.GetRequiredService<MemberService>().RemoveAsync(await App.ActorAsync(), grace.AccountId, revokeKeys: false, default));
                break;
            default:
                var isOut = end == "lost every role at the issuer";
                Be("1", "grace@contoso.example", role: isOut ? "" : "others");
                using (var second = App.Browser())
                {
                    Assert.Equal(isOut ? "/sign-in?problem=NoRole" : "/", await SignInAsync(second));
                }

                break;
        }
    }
}
