using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>The way to a consent and what it is good for, over the application's own handlers.</summary>
public sealed class ConsentWayTests : ConsentRig
{
    [Fact]
    public async Task WhoConsentsFindsAndDeploysWithTheirOwnTokenAndNoOther()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Assert.False(await IsOnAsync(grace));

        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));

        var found = Assert.Single((await DiscoverAsync(grace)).Registries);
        var (added, services) = (await App.Services.GetRequiredService<IntegrationService>().AddAsync(grace, found.LoginServer, found.Place, default), App.Services);
        Assert.All(await services.GetRequiredService<DeploymentCheck>().RunAsync(grace, added.IntegrationId, default).ToListAsync(), finding => Assert.NotEqual(CheckState.Unknown, finding.State));
        var end = await services.GetRequiredService<DeploymentRun>().RunAsync(grace, added.IntegrationId, default).LastAsync();
        Assert.Equal((DeploymentState.Succeeded, ""), (end.State, end.Message));
        Assert.NotEmpty(Arm.Shown);
        Assert.Equal(Assert.Single(Issuer.Given), Assert.Single(Arm.Shown.Distinct()));
        var asked = Issuer.Asked.Last();
        Assert.Equal(("openid profile https://management.azure.com/user_impersonation", "S256", "grace@contoso.example", "code"),
            ($"{asked["scope"]}", $"{asked["code_challenge_method"]}", $"{asked["login_hint"]}", $"{asked["response_type"]}"));
        Assert.All(["state", "nonce", "code_challenge"], name => Assert.NotEmpty(asked[name].ToString()));
        await using var db = await DatabaseAsync();
        Assert.Equal(("grace@contoso.example", grace.AccountId), await db.Audit.Where(line => line.Action == AuditAction.AzureConsentGiven).Select(line => ValueTuple.Create(line.Subject, line.AccountId!)).SingleAsync());
    }

    [Fact]
    public async Task NobodyElseAndNoOtherSessionOfThePersonHasAnythingOfIt()
    {
        await App.SetUpAsync();
        using var first = App.Browser();
        var grace = await EnterAsync(first);
        Assert.Equal("/integrations/acr/new", await ConsentAsync(first, grace));
        using var second = App.Browser();
        var elsewhere = await EnterAsync(second);
        Be("2", "joan@contoso.example");
        using var third = App.Browser();
        var joan = await EnterAsync(third);

        foreach (var other in new[] { elsewhere, joan, await App.ActorAsync(), joan with { SessionId = grace.SessionId }, grace with { SessionId = joan.SessionId } })
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => Assert.True(await IsOnAsync(other)));
        }

        Assert.True(await IsOnAsync(grace));
        Assert.Null(App.Services.GetRequiredService<AzureIdentities>().Own);
        Assert.Empty(Arm.Calls);
    }

    [Fact]
    public async Task AnotherAccountThanTheOneThatIsSignedInIsRefused()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Be("2", "joan@contoso.example");

        Assert.Equal("/integrations/acr/new?azure=OtherAccount", await ConsentAsync(browser, grace));

        Assert.False(await IsOnAsync(grace));
        await using var db = await DatabaseAsync();
        Assert.Empty(await db.AzureConsents.ToListAsync());
        Assert.Equal("joan@contoso.example", (await db.Audit.SingleAsync(line => line.Action == AuditAction.AzureConsentRefused)).Subject);
        Assert.False(await db.Users.AnyAsync(account => account.UserName == "joan@contoso.example"));
    }

    [Fact]
    public async Task WhoMayBeTakenForAnotherIsAskedWhichAccount()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        await ConsentCallbackAsync(browser, grace);
        Assert.Equal(("grace@contoso.example", ""), Asked());

        await ConsentCallbackAsync(browser, grace, choosesAccount: true);
        Assert.Equal(("", "select_account"), Asked());

        Be("3", "linus");
        using var other = App.Browser();
        await ConsentCallbackAsync(other, await EnterAsync(other));
        Assert.Equal(("", "select_account"), Asked());

        (string, string) Asked() => ($"{Issuer.Asked.Last()["login_hint"]}", $"{Issuer.Asked.Last()["prompt"]}");
    }

    [Theory]
    [InlineData("oid", "00000000-0000-0000-0000-000000000002")]
    [InlineData("tid", "44444444-4444-4444-4444-444444444444")]
    public async Task AnAccessTokenOfAnotherAccountThanTheSignedOneIsRefused(string claim, string value)
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Issuer.FalsifyAccess = token => token.Claims[claim] = value;

        Assert.Equal("/integrations/acr/new?azure=Failed", await ConsentAsync(browser, grace));

        Assert.False(await IsOnAsync(grace));
    }

    [Fact]
    public async Task AnAnswerWorksOnceAndOnlyInTheBrowserThatAsked()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        using var other = App.Browser();
        Be("2", "joan@contoso.example");
        var joan = await EnterAsync(other);
        Be("1", "grace@contoso.example");
        var answer = await ConsentCallbackAsync(browser, grace);

        using var stolen = await other.GetAsync(answer);
        Assert.Equal("/integrations/acr/new?azure=Failed", stolen.Headers.Location?.OriginalString);
        using var good = await browser.GetAsync(answer);
        Assert.Equal("/integrations/acr/new", good.Headers.Location?.OriginalString);
        await App.Services.GetRequiredService<ConsentStore>().EndAsync(grace, default);
        using var again = await browser.GetAsync(answer);
        Assert.Equal("/integrations/acr/new?azure=Failed", again.Headers.Location?.OriginalString);

        Assert.Equal((false, false), (await IsOnAsync(grace), await IsOnAsync(joan)));
        Assert.Single(Issuer.Given);
    }

    [Theory]
    [InlineData("nonce", "/integrations/acr/new?azure=Failed")]
    [InlineData("signature", "/integrations/acr?azure=Failed")]
    public async Task AFalseAnswerGivesNothing(string falsehood, string end)
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Issuer.Falsify = token =>
        {
            token.Claims["nonce"] = falsehood == "nonce" ? "another" : token.Claims["nonce"];
            token.SigningCredentials = falsehood == "signature" ? null : token.SigningCredentials;
        };

        Assert.Equal(end, await ConsentAsync(browser, grace));

        Assert.False(await IsOnAsync(grace));
    }

    [Fact]
    public async Task OnlyAPageOfTheSessionBeginsTheWay()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        await EnterAsync(browser);
        var asked = Issuer.Asked.Count;
        // A link of another site, and one that another administrator made for themselves.
        foreach (var address in new[] { ConsentOffer.Path, $"{ConsentOffer.Path}?way=made-up", await App.Services.GetRequiredService<ConsentOffer>().BeginAsync(await App.ActorAsync(), "/", choosesAccount: false, default) })
        {
            using var answer = await browser.GetAsync(address);
            Assert.Equal("/integrations/acr?azure=Late", answer.Headers.Location?.OriginalString);
        }

        Assert.Equal(asked, Issuer.Asked.Count);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task TheWayBackLeadsNowhereElse(string page)
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);

        Assert.Equal("/", await ConsentAsync(browser, grace, page));
    }

    [Fact]
    public async Task WhoSignedInAnewMeanwhileStartsAgain()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        var answer = await ConsentCallbackAsync(browser, grace);
        var anew = await EnterAsync(browser);

        using var late = await browser.GetAsync(answer);

        Assert.Equal("/integrations/acr/new?azure=Late", late.Headers.Location?.OriginalString);
        Assert.False(await IsOnAsync(anew));
        await using var db = await DatabaseAsync();
        Assert.Empty(await db.AzureConsents.ToListAsync());
    }

    [Fact]
    public async Task ARefusalLeadsBackToThePageWithoutTheIssuersText()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        Issuer.Refusal = "consent_required";

        Assert.Equal("/integrations/acr/new?azure=Refused", await ConsentAsync(browser, grace));

        Assert.False(await IsOnAsync(grace));
    }

    [Fact]
    public async Task WhoLosesTheRoleMeanwhileOrAfterwardsHasNothingOfIt()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        var grace = await EnterAsync(browser);
        var answer = await ConsentCallbackAsync(browser, grace);
        await SetRoleAsync(MemberRole.Editor);
        using var late = await browser.GetAsync(answer);
        Assert.Equal("/integrations/acr/new?azure=Late", late.Headers.Location?.OriginalString);
        await SetRoleAsync(MemberRole.Administrator);
        Assert.False(await IsOnAsync(grace));

        Assert.Equal("/integrations/acr/new", await ConsentAsync(browser, grace));
        await SetRoleAsync(MemberRole.Editor);

        Assert.False(await IsOnAsync(grace));
        await Assert.ThrowsAsync<ForbiddenException>(() => App.Services.GetRequiredService<AzureIdentities>().OfAsync(grace, default));
        await Assert.ThrowsAsync<ForbiddenException>(() => App.Services.GetRequiredService<ConsentOffer>().BeginAsync(grace, "/", choosesAccount: false, default));
        Assert.Empty(Arm.Calls);
    }

    private async Task SetRoleAsync(MemberRole role)
    {
        await using var db = await DatabaseAsync();
        await db.Users.Where(account => account.UserName == "grace@contoso.example").ExecuteUpdateAsync(set => set.SetProperty(account => account.Role, role));
    }
}
