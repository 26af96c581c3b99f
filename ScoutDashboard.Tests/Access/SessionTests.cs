using System.Net;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class SessionTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task ACookieIsWorthNothingOnceItsSessionIsGone()
    {
        using var browser = await _app.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/settings"));

        await using var db = await DatabaseAsync();
        await db.Sessions.ExecuteDeleteAsync();

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser, "/settings"));
    }

    [Fact]
    public async Task SigningOutEndsTheSessionSoThatACopyOfItsCookieIsWorthNothing()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });
        using var thief = _app.Browser();
        thief.DefaultRequestHeaders.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("scout-session=", StringComparison.Ordinal)).Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(thief, "/settings"));

        var page = await browser.GetStringAsync("/settings");
        using var signedOut = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(ScoutApp.HiddenFields(page)));

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(thief, "/settings"));
    }

    [Fact]
    public async Task AChangedPasswordEndsAllOtherSessionsAndKeepsThisOne()
    {
        using var other = await _app.SignInAsync();
        using var browser = await _app.SignInAsync();

        using var changed = await ScoutApp.PostFormAsync(browser, "/settings/password", new()
        {
            ["Input.Current"] = ScoutApp.Password, ["Input.Password"] = TestSecrets.Of("changed password"), ["Input.Confirm"] = TestSecrets.Of("changed password"),
        });

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (await StatusAsync(browser, "/settings"), await StatusAsync(other, "/settings")));
        await using var db = await DatabaseAsync();
        Assert.Equal(1, await db.Sessions.CountAsync());
    }

    [Fact]
    public async Task AWrongCurrentPasswordChangesNothing()
    {
        using var other = await _app.SignInAsync();
        using var browser = await _app.SignInAsync();

        using var refused = await ScoutApp.PostFormAsync(browser, "/settings/password", new()
        {
            ["Input.Current"] = TestSecrets.Of("wrong password"), ["Input.Password"] = TestSecrets.Of("changed password"), ["Input.Confirm"] = TestSecrets.Of("changed password"),
        });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (refused.StatusCode, await StatusAsync(other, "/settings")));
        using var again = await _app.SignInAsync();
        await using var db = await DatabaseAsync();
        Assert.False(await db.Audit.AnyAsync(e => e.Action == AuditAction.PasswordChanged));
        var line = await db.Audit.SingleAsync(e => e.Action == AuditAction.PasswordChangeFailed);
        Assert.Equal(("ada", "ada", line.AccountId), (line.Name, line.Subject, line.SubjectAccountId));
    }

    [Fact]
    public async Task TheCurrentPasswordCanNotBeGuessedEither()
    {
        using var browser = await _app.SignInAsync();
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork; attempt++)
        {
            Assert.Contains("Incorrect password.", await ChangeAsync(TestSecrets.Of("wrong password")), StringComparison.Ordinal);
        }

        Assert.Contains("Too many attempts.", await ChangeAsync(ScoutApp.Password), StringComparison.Ordinal);

        async Task<string> ChangeAsync(string current)
        {
            using var answer = await ScoutApp.PostFormAsync(browser, "/settings/password", new()
            {
                ["Input.Current"] = current, ["Input.Password"] = TestSecrets.Of("changed password"), ["Input.Confirm"] = TestSecrets.Of("changed password"),
            });
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task ARoleCountsFromTheNextRequestWithoutSigningInAgain()
    {
        var id = await _app.AddMemberAsync("eve", MemberRole.Administrator);
        using var browser = await _app.SignInAsync("eve");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/integrations/acr/new"));

        await SetRoleAsync(id, MemberRole.Viewer);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await StatusAsync(browser, "/integrations/acr/new"), await StatusAsync(browser, "/integrations")));
    }

    [Fact]
    public async Task AnOpenPageAsksOnceAMinuteWhetherItsSessionIsStillOpen()
    {
        var id = await _app.AddMemberAsync("eve", MemberRole.Editor);
        var actor = await _app.ActorAsync("eve");
        await using var db = await DatabaseAsync();
        var page = new AuthenticationState(Principal(actor, "Editor", (await db.Users.SingleAsync(a => a.Id == id)).SecurityStamp!));
        await using var circuit = _app.Services.CreateAsyncScope();
        var state = circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        async Task<bool> IsOpenAsync() => await (Task<bool>)Protected("ValidateAuthenticationStateAsync").Invoke(state, [page, CancellationToken.None])!;

        Assert.IsType<SignedInState>(state);
        Assert.Equal(TimeSpan.FromMinutes(1), Protected("get_RevalidationInterval").Invoke(state, []));
        Assert.True(await IsOpenAsync());
        await db.Sessions.Where(s => s.Id == actor.SessionId).ExecuteDeleteAsync();
        Assert.False(await IsOpenAsync());

        // What the framework calls of it.
        static MethodInfo Protected(string name) => typeof(SignedInState).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
    }

    [Fact]
    public async Task APageIsCurrentUntilItsSessionEndsOrItsRoleOrStampChanges()
    {
        var id = await _app.AddMemberAsync("eve", MemberRole.Editor);
        var actor = await _app.ActorAsync("eve");
        await using var db = await DatabaseAsync();
        var stamp = (await db.Users.SingleAsync(a => a.Id == id)).SecurityStamp!;
        var cookie = _app.Services.GetRequiredService<SessionCookie>();

        await db.Sessions.Where(s => s.Id == actor.SessionId).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, s => s.LastSeenAt.AddHours(-1)));
        Assert.True(await cookie.IsCurrentAsync(Principal(actor, "Editor", stamp), default));
        Assert.True(await db.Sessions.AnyAsync(s => s.Id == actor.SessionId && s.LastSeenAt >= s.CreatedAt));
        Assert.False(await cookie.IsCurrentAsync(Principal(actor, "Administrator", stamp), default));
        Assert.False(await cookie.IsCurrentAsync(Principal(actor, "Editor", "another stamp"), default));
        Assert.False(await cookie.IsCurrentAsync(Principal(actor with { AccountId = (await _app.ActorAsync()).AccountId }, "Editor", stamp), default));
        await db.Sessions.Where(s => s.Id == actor.SessionId).ExecuteDeleteAsync();
        Assert.False(await cookie.IsCurrentAsync(Principal(actor, "Editor", stamp), default));
    }

    [Fact]
    public async Task ASessionEndsFourteenDaysAfterItsLastRequest()
    {
        var id = await _app.AddMemberAsync("eve", MemberRole.Editor);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        var sessions = new SessionService(_app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>(), clock);
        var session = await sessions.OpenAsync(id, "test", "192.0.2.7", endsAt: null, proof: null, default);
        await using var db = await DatabaseAsync();
        var stamp = (await db.Users.SingleAsync(a => a.Id == id)).SecurityStamp!;

        clock.Advance(TimeSpan.FromDays(13));
        await sessions.TouchAsync((await sessions.FindAsync(session, id, stamp, default))!, "192.0.2.9", default);
        clock.Advance(TimeSpan.FromDays(13));
        Assert.Equal("192.0.2.9", (await sessions.FindAsync(session, id, stamp, default))?.Address);
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Null(await sessions.FindAsync(session, id, stamp, default));
    }

    [Fact]
    public async Task ThirtyWrongPasswordsInAMinuteAreEnoughFromOneAddress()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();
        var form = ScoutApp.HiddenFields(await browser.GetStringAsync("/sign-in"));
        (form["Input.Name"], form["Input.Password"]) = ("nobody", TestSecrets.Of("wrong password"));
        for (var attempt = 0; attempt < SignInLimit.AttemptsPerMinute; attempt++)
        {
            using var refused = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(form));
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        }

        using var limited = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(form));
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (limited.StatusCode, await StatusAsync(browser, "/sign-in")));
    }

    private async Task SetRoleAsync(string id, MemberRole role)
    {
        await using var db = await DatabaseAsync();
        await db.Users.Where(a => a.Id == id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Role, role));
    }

    private Task<ScoutDb> DatabaseAsync() => _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

    private static ClaimsPrincipal Principal(Actor actor, string role, string stamp) => new(new ClaimsIdentity(
    [
        new(ClaimTypes.NameIdentifier, actor.AccountId), new(Visitor.SessionClaim, actor.SessionId), new(ClaimTypes.Role, role), new(new ClaimsIdentityOptions().SecurityStampClaimType, stamp),
    ], "test"));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string address)
    {
        using var answer = await browser.GetAsync(address);
        return answer.StatusCode;
    }
}
