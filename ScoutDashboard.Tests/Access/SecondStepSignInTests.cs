using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Signing in where a code is asked for after the password.</summary>
public sealed class SecondStepSignInTests : SecondStepRig
{
    [Fact]
    public async Task ThePasswordOpensNothingUntilTheCodeIsRight()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();

        Assert.Equal("/sign-in/code?returnUrl=%2Fimages%3Fsearch%3Dnginx", await PasswordAsync(browser, returnUrl: "/images?search=nginx"));
        Assert.False(await IsInsideAsync(browser));
        var page = await browser.GetStringAsync("/sign-in/code");
        Assert.Contains("autocomplete=\"one-time-code\"", page, StringComparison.Ordinal);
        Assert.Contains("inputmode=\"numeric\"", page, StringComparison.Ordinal);

        Assert.Contains("The code is wrong", await CodeAsync(browser, "000000"), StringComparison.Ordinal);
        Assert.False(await IsInsideAsync(browser));
        Assert.Equal("/images?search=nginx", await CodeAsync(browser, CodeOf(key).Insert(3, " "), "/images?search=nginx"));
        Assert.True(await IsInsideAsync(browser));
        await using var db = await DatabaseAsync();
        Assert.Equal((ScoutApp.UserName, "The password was right, the code of the second step was not."),
            await db.Audit.Where(line => line.Action == AuditAction.SignInFailed).Select(line => ValueTuple.Create(line.Subject, line.Detail)).SingleAsync());
    }

    // The password was looked at before it was turned on: whether that is enough is asked when the session begins, under the lock of who turns it on.
    [Fact]
    public async Task ASessionThatBeginsAfterItWasTurnedOnNeedsMoreThanThePassword()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var sessions = App.Services.GetRequiredService<SessionService>();
        Task<string> OpenAsync(SessionProof? proof) => sessions.OpenAsync(actor.AccountId, "test", "192.0.2.7", endsAt: null, proof, default);

        await OpenAsync(SecondStepCheck.ProvePasswordAsync);
        await TurnOnAsync(actor);
        await using var db = await DatabaseAsync();
        var before = await db.Audit.CountAsync();
        await Assert.ThrowsAsync<SecondStepNeededException>(() => OpenAsync(SecondStepCheck.ProvePasswordAsync));

        Assert.Equal((actor.SessionId, before), (await db.Sessions.Select(s => s.Id).SingleAsync(), await db.Audit.CountAsync()));
        await OpenAsync(proof: null);
        Assert.Equal(2, await db.Sessions.CountAsync());
    }

    [Fact]
    public async Task ACodeCountsOnceAlsoTheOneThatConfirmedTheKey()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        var confirming = TimeCode.CodeAt(key, Clock.GetUtcNow().AddSeconds(-30));
        using var first = App.Browser();
        using var second = App.Browser();
        await PasswordAsync(first);
        await PasswordAsync(second);

        Assert.Contains("was used before", await CodeAsync(first, confirming), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(first, CodeOf(key)));
        Assert.Contains("was used before", await CodeAsync(second, CodeOf(key)), StringComparison.Ordinal);
        // One that is older than what was used does not count either, though its time has not passed.
        Assert.Contains("was used before", await CodeAsync(second, confirming), StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", await CodeAsync(second, CodeOf(key)));
    }

    [Fact]
    public async Task OfTwoWhoBringTheSameCodeAtOnceOneGetsIn()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var (key, codes) = await TurnOnAsync(actor);
        await using var db = await DatabaseAsync();
        var account = await db.Users.SingleAsync(a => a.Id == actor.AccountId);

        foreach (var code in new[] { CodeOf(key), codes[0] })
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TakeAsync(account, code)));
            Assert.Single(taken, true);
        }
    }

    // Slowly enough for the throttle, and over restarts, which it does not outlive.
    [Fact]
    public async Task AfterAHundredWrongCodesOnlyARecoveryCodeOpens()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var (key, codes) = await TurnOnAsync(actor);
        var check = App.Services.GetRequiredService<SecondStepCheck>();
        await using var db = await DatabaseAsync();
        var account = await db.Users.SingleAsync(a => a.Id == actor.AccountId);
        var wrong = Enumerable.Range(0, 10).Select(digit => new string((char)('0' + digit), TimeCode.Digits)).First(code => TimeCode.StepOf(key, code, Clock.GetUtcNow()) is null);
        for (var at = 1; at < SecondStepCheck.MostWrongCodes; at++)
        {
            Assert.False(await TakeAsync(account, wrong));
        }

        Assert.False(await TakeAsync(account, "ABCD-EFGH-IJKL-MN23"));
        Assert.False(await check.IsAppClosedAsync(account.Id, default));
        Assert.False(await TakeAsync(account, wrong));
        using var browser = App.Browser();
        await PasswordAsync(browser);

        Assert.Contains("Use a recovery code.", await CodeAsync(browser, CodeOf(key)), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(browser, codes[0]));
        Assert.False(await check.IsAppClosedAsync(account.Id, default));
        Assert.True(await TakeAsync(account, CodeOf(key)));
    }

    [Fact]
    public async Task ACodeThatCountedUnderAWrongClockClosesNothing()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var (key, _) = await TurnOnAsync(actor);
        await using var db = await DatabaseAsync();
        var account = await db.Users.SingleAsync(a => a.Id == actor.AccountId);
        await db.Authenticators.ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, a => a.LastStep + 1_000_000));

        Assert.True(await TakeAsync(account, CodeOf(key)));
        Assert.False(await TakeAsync(account, CodeOf(key)));
    }

    [Fact]
    public async Task WhoseSecondStepIsTakenOffMeanwhileGivesThePasswordAgainAndGetsIn()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();
        await PasswordAsync(browser);
        await using var db = await DatabaseAsync();
        await db.Authenticators.ExecuteDeleteAsync();

        Assert.Equal("/sign-in?returnUrl=%2F", (await browser.GetAsync("/sign-in/code")).Headers.Location?.PathAndQuery);
        Assert.Equal("/", await PasswordAsync(browser));
    }

    [Fact]
    public async Task ARecoveryCodeStandsInOnceForTheApp()
    {
        await App.SetUpAsync();
        var (_, codes) = await TurnOnAsync(await App.ActorAsync());
        Assert.Equal(SecondStepService.RecoveryCodes, codes.Distinct().Count());
        using var first = App.Browser();
        using var second = App.Browser();
        await PasswordAsync(first);
        await PasswordAsync(second);

        Assert.Equal("/", await CodeAsync(first, codes[3].ToLowerInvariant().Replace('-', ' ')));
        Assert.Contains("was used before", await CodeAsync(second, codes[3]), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(second, codes[9]));

        await using var db = await DatabaseAsync();
        Assert.Equal(["9 left", "8 left"], await db.Audit.Where(line => line.Action == AuditAction.RecoveryCodeUsed).OrderBy(line => line.Id).Select(line => line.Detail).ToListAsync());
    }

    // As where the disk is full, at the last step of all.
    [Fact]
    public async Task ACodeThatOpenedNoSessionWasNotUsed()
    {
        await App.SetUpAsync();
        var (key, codes) = await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();
        await PasswordAsync(browser);
        await using var db = await DatabaseAsync();
        await db.Database.ExecuteSqlAsync($"CREATE TRIGGER refuse BEFORE INSERT ON AuditEntries WHEN NEW.Action = 'SignedIn' BEGIN SELECT RAISE(ABORT, 'refused'); END");

        foreach (var code in new[] { codes[0], CodeOf(key) })
        {
            Assert.StartsWith("ScoutDashboard could not answer this request.", await CodeAsync(browser, code), StringComparison.Ordinal);
        }

        Assert.False(await IsInsideAsync(browser));
        Assert.Equal(SecondStepService.RecoveryCodes, await db.RecoveryCodes.CountAsync());
        await db.Database.ExecuteSqlAsync($"DROP TRIGGER refuse");
        Assert.Equal("/", await CodeAsync(browser, codes[0]));
        using var second = App.Browser();
        await PasswordAsync(second);
        Assert.Equal("/", await CodeAsync(second, CodeOf(key)));
        Assert.Equal("9 left", await db.Audit.Where(line => line.Action == AuditAction.RecoveryCodeUsed).Select(line => line.Detail).SingleAsync());
    }

    [Fact]
    public async Task AnothersCodesOpenNothing()
    {
        await App.AddMemberAsync("eve", Images.MemberRole.Viewer);
        var (key, codes) = await TurnOnAsync(await App.ActorAsync("eve"));
        await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();
        await PasswordAsync(browser);

        Assert.Contains("The code is wrong", await CodeAsync(browser, CodeOf(key)), StringComparison.Ordinal);
        Assert.Contains("The code is wrong", await CodeAsync(browser, codes[0]), StringComparison.Ordinal);
        // Nor does her key in the other's row.
        await using var db = await DatabaseAsync();
        var hers = await db.Authenticators.SingleAsync(a => a.Account!.UserName == "eve");
        await db.Authenticators.Where(a => a.AccountId != hers.AccountId).ExecuteUpdateAsync(set => set.SetProperty(a => a.ProtectedKey, hers.ProtectedKey));
        Assert.Contains("The code is wrong", await CodeAsync(browser, CodeOf(key)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GuessingIsRefusedAfterFiveAndTheRightPasswordForgivesNone()
    {
        await App.SetUpAsync();
        var (key, codes) = await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork; attempt++)
        {
            await PasswordAsync(browser);
            Assert.Contains("The code is wrong", await CodeAsync(browser, attempt % 2 == 0 ? "000000" : "AAAA-AAAA-AAAA-AAAA"), StringComparison.Ordinal);
        }

        await PasswordAsync(browser);
        Assert.Contains("Too many attempts.", await CodeAsync(browser, CodeOf(key)), StringComparison.Ordinal);
        Assert.Contains("Too many attempts.", await CodeAsync(browser, codes[0]), StringComparison.Ordinal);

        Clock.Advance(TimeSpan.FromMinutes(SignInThrottle.Minutes));
        await PasswordAsync(browser);
        Assert.Equal("/", await CodeAsync(browser, CodeOf(key)));
    }

    [Fact]
    public async Task ThePasswordCountsForSomeMinutesAndNotAfterItWasChanged()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        using var late = App.Browser();
        await PasswordAsync(late);
        Clock.Advance(TimeSpan.FromMinutes(5));
        using var afterwards = await late.GetAsync("/sign-in/code?returnUrl=%2Fimages");
        Assert.Equal("/sign-in?returnUrl=%2Fimages", PathOf(afterwards));

        using var changed = App.Browser();
        await PasswordAsync(changed);
        var form = ScoutApp.HiddenFields(await changed.GetStringAsync("/sign-in/code"));
        form["Input.Code"] = CodeOf(key);
        await using var db = await DatabaseAsync();
        await db.Users.ExecuteUpdateAsync(set => set.SetProperty(a => a.SecurityStamp, "another"));
        using var answer = await changed.PostAsync("/sign-in/code", new FormUrlEncodedContent(form));
        Assert.Equal("/sign-in?returnUrl=%2F", PathOf(answer));
        Assert.False(await IsInsideAsync(changed));
    }

    [Fact]
    public async Task WithoutAPasswordThereIsNothingToEnterACodeFor()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        using var stranger = App.Browser();
        using var page = await stranger.GetAsync("/sign-in/code");
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?returnUrl=%2F"), (page.StatusCode, PathOf(page)));

        // By the form of somebody whose password was right, but without their cookie.
        var form = ScoutApp.HiddenFields(await stranger.GetStringAsync("/sign-in"));
        (form["_handler"], form["Input.Code"]) = ("sign-in-code", CodeOf(key));
        using var answer = await stranger.PostAsync("/sign-in/code", new FormUrlEncodedContent(form));
        Assert.Equal("/sign-in?returnUrl=%2F", PathOf(answer));
    }

    [Fact]
    public async Task ItsCookieIsOutOfReachOfScriptsAndOtherSites()
    {
        await App.SetUpAsync();
        await TurnOnAsync(await App.ActorAsync());
        using var browser = App.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password, ["Input.Remember"] = "true" });

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("scout-pending=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.Ordinal);
    }

    private async Task<bool> TakeAsync(Account account, string code)
    {
        if (await App.Services.GetRequiredService<SecondStepCheck>().FindAsync(account, code, "", default) is not { } proof)
        {
            return false;
        }

        try
        {
            await App.Services.GetRequiredService<SessionService>().OpenAsync(account.Id, "test", "192.0.2.7", endsAt: null, proof, default);
            return true;
        }
        catch (CodeUsedException)
        {
            return false;
        }
    }
}
