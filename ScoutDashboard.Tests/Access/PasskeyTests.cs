using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Adding, naming and removing passkeys.</summary>
public sealed class PasskeyTests : PasskeyRig
{
    [Fact]
    public async Task ThePasswordIsAskedForFirst()
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();

        Assert.Equal("WrongPassword", await AddAsync(browser, device, Wrong));

        await using var db = await DatabaseAsync();
        Assert.Empty(await db.Passkeys.ToListAsync());
        Assert.Equal(1, await db.Audit.CountAsync(line => line.Action == AuditAction.PasswordCheckFailed));
    }

    [Fact]
    public async Task ADeviceThatVerifiesNobodyOrIsAnothersIsNotTaken()
    {
        await App.AddMemberAsync("eve", MemberRole.Viewer);
        using var hers = new SoftAuthenticator();
        using var eve = await App.SignInAsync("eve");
        Assert.Equal("Done", await AddAsync(eve, hers));
        using var browser = await App.SignInAsync();

        using var unverified = new SoftAuthenticator { IsVerified = false };
        Assert.Equal("Refused", await AddAsync(browser, unverified));
        using var elsewhere = new SoftAuthenticator { Origin = "https://evil.example" };
        Assert.Equal("Refused", await AddAsync(browser, elsewhere));
        using var same = new SoftAuthenticator { Id = hers.Id };
        Assert.Equal("Refused", await AddAsync(browser, same));
        using var caught = new SoftAuthenticator { Challenge = "AAAA" };
        Assert.Equal("Refused", await AddAsync(browser, caught));

        await using var db = await DatabaseAsync();
        Assert.Equal("eve", (await db.Passkeys.Include(p => p.Account).SingleAsync()).Account!.UserName);
    }

    [Fact]
    public async Task TheChallengeOfOneAccountIsWorthNothingInAnother()
    {
        await App.AddMemberAsync("eve", MemberRole.Viewer);
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        var options = await AskAsync(browser, "/settings/account", "/settings/passkeys/options", new() { ["password"] = ScoutApp.Password });
        var form = ScoutApp.HiddenFields(await browser.GetStringAsync("/settings/account"));
        using (var signedOut = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(form)))
        {
            await PasswordAsync(browser, "eve");
        }

        Assert.Equal("Expired", (string?)(await AskAsync(browser, "/settings/account", "/settings/passkeys", new() { ["credential"] = device.Create(options), ["name"] = "" }))["outcome"]);
    }

    [Fact]
    public async Task ItsOwnerNamesAndRemovesItAndNobodyElse()
    {
        await App.AddMemberAsync("eve", MemberRole.Administrator);
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device, name: "\u202eold phone");
        var (ada, eve) = (await App.ActorAsync(), await App.ActorAsync("eve"));
        await using var scope = App.Services.CreateAsyncScope();
        var passkeys = scope.ServiceProvider.GetRequiredService<PasskeyService>();
        var id = Assert.Single(await passkeys.ListAsync(ada, default)).Id;
        Assert.Empty(await passkeys.ListAsync(eve, default));

        await passkeys.RenameAsync(eve, id, "hers", default);
        await passkeys.RemoveAsync(eve, id, ScoutApp.Password, default);
        Assert.Equal(PasswordAnswer.Wrong, await passkeys.RemoveAsync(ada, id, Wrong, default));
        await passkeys.RenameAsync(ada, id, "key on the ring", default);
        Assert.Equal("key on the ring", Assert.Single(await passkeys.ListAsync(ada, default)).Name);
        Assert.Equal(PasswordAnswer.Right, await passkeys.RemoveAsync(ada, id, ScoutApp.Password, default));

        using var another = App.Browser();
        Assert.Equal("Refused", (await SignInAsync(another, device)).Outcome);
        await using var db = await DatabaseAsync();
        Assert.Equal([AuditAction.PasskeyAdded, AuditAction.PasskeyRenamed, AuditAction.PasskeyRemoved],
            await db.Audit.Where(line => line.AccountId == ada.AccountId && (line.Action == AuditAction.PasskeyAdded || line.Action == AuditAction.PasskeyRenamed || line.Action == AuditAction.PasskeyRemoved)).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
    }

    [Fact]
    public async Task WhoLostTheirPhoneLosesThePasskeysOnItToo()
    {
        var id = await App.AddMemberAsync("vic", MemberRole.Viewer);
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync("vic");
        await AddAsync(browser, device);
        var (ada, members) = (await App.ActorAsync(), App.Services.GetRequiredService<MemberService>());
        Assert.Equal([(ScoutApp.UserName, 0), ("vic", 1)], (await members.ListAsync(ada, default)).Select(member => (member.Name, member.Passkeys)));

        Assert.Equal(MemberOutcome.Done, await members.TakeSecondStepAsync(ada, id, default));

        Assert.False(await IsInsideAsync(browser));
        using var another = App.Browser();
        Assert.Equal("Refused", (await SignInAsync(another, device)).Outcome);
    }

    [Fact]
    public async Task TurningTheSecondStepOffLeavesPasskeys()
    {
        using var device = new SoftAuthenticator();
        using var browser = await App.SignInAsync();
        await AddAsync(browser, device);
        var actor = await App.ActorAsync();
        await TurnOnAsync(actor);
        await AskAsync(steps => steps.TurnOffAsync(actor, ScoutApp.Password, default));
        using var another = App.Browser();

        Assert.Equal("Done", (await SignInAsync(another, device)).Outcome);
    }
}
