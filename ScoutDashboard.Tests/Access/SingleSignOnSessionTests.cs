using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Sessions, cookies and addresses of those who come by the issuer, and what holds where there is none.</summary>
public sealed class SingleSignOnSessionTests : SingleSignOnRig
{
    [Fact]
    public async Task ItsSessionEndsThoughItIsUsed()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        App.Replace = services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        App.Settings["OpenIdConnect:SessionLimit"] = "01:00:00";
        await App.SetUpAsync();
        using var browser = App.Browser();
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
        await App.SetUpAsync();
        await using var closed = new ScoutApp { Settings = { ["OpenIdConnect:LocalSignIn"] = "false" } };
        foreach (var (key, value) in App.Settings)
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
    public async Task SigningInAnewBeginsANewSession()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();
        await SignInAsync(browser);
        await SignInAsync(browser);

        await using var db = await DatabaseAsync();
        Assert.Equal(2, await db.Audit.CountAsync(line => line.Action == AuditAction.SignedIn));
        Assert.Equal(2, await db.Sessions.CountAsync());
    }

    [Fact]
    public async Task HundredsOfGroupsFitIntoACookie()
    {
        await App.SetUpAsync();
        Issuer.Person["roles"] = Enumerable.Range(0, 900).Select(_ => Guid.NewGuid().ToString()).Append("others").ToArray();
        using var browser = App.Browser();
        using var back = await browser.GetAsync(await CallbackAsync(browser, "/"));

        Assert.InRange(back.Headers.GetValues("Set-Cookie").Sum(cookie => cookie.Length), 1, 6000);
        Assert.Equal("/", await SignInAsync(browser));
    }

    [Fact]
    public async Task AReturnAddressInAnyLettersIsReached()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();

        Assert.Equal("/images?search=%C3%BC", await SignInAsync(browser, "/images?search=ü"));
    }

    [Fact]
    public async Task AnIssuerThatCantBeReachedLeavesTheOtherWay()
    {
        await App.SetUpAsync();
        await Issuer.DisposeAsync();
        using var browser = App.Browser();

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
}
