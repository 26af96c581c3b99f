using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Turning the second step on and off, by the person and by an administrator.</summary>
public sealed class SecondStepTests : SecondStepRig
{
    [Fact]
    public async Task NothingChangesBeforeACodeHasConfirmedTheKey()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var offer = await AskAsync(steps => steps.BeginAsync(actor, ScoutApp.Password, default));
        Assert.Equal(SecondStepOutcome.WrongCode, (await AskAsync(steps => steps.ConfirmAsync(actor, "000000", default))).Outcome);
        using var browser = App.Browser();

        Assert.Equal("/", await PasswordAsync(browser));
        Assert.Equal(new SecondStepState(null, 0), await AskAsync(steps => steps.FindAsync(actor, default)));

        // Another key takes the place of one that was not confirmed.
        var another = await AskAsync(steps => steps.BeginAsync(actor, ScoutApp.Password, default));
        Assert.Equal(SecondStepOutcome.WrongCode, (await AskAsync(steps => steps.ConfirmAsync(actor, CodeOf(offer.Key), default))).Outcome);
        Assert.Equal(SecondStepOutcome.Done, (await AskAsync(steps => steps.ConfirmAsync(actor, CodeOf(another.Key), default))).Outcome);
        Assert.Equal(new SecondStepState(Clock.GetUtcNow().UtcDateTime, 10), await AskAsync(steps => steps.FindAsync(actor, default)));
    }

    [Fact]
    public async Task AKeyThatWaitsTooLongIsConfirmedByNoCode()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var offer = await AskAsync(steps => steps.BeginAsync(actor, ScoutApp.Password, default));

        Clock.Advance(SecondStepService.SetUpLimit + TimeSpan.FromSeconds(1));

        Assert.Equal(SecondStepOutcome.Expired, (await AskAsync(steps => steps.ConfirmAsync(actor, CodeOf(offer.Key), default))).Outcome);
    }

    [Fact]
    public async Task TurningItOnSignsOutWhoCameByThePasswordAlone()
    {
        await App.SetUpAsync();
        using var elsewhere = await App.SignInAsync();
        var actor = await App.ActorAsync();

        await TurnOnAsync(actor);

        Assert.False(await IsInsideAsync(elsewhere));
        Assert.NotNull((await AskAsync(steps => steps.FindAsync(actor, default))).Since);
        await using var db = await DatabaseAsync();
        Assert.Equal([AuditAction.SecondStepTurnedOn, AuditAction.SessionsEnded, AuditAction.RecoveryCodesMade], await db.Audit.OrderByDescending(line => line.Id).Take(3).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
    }

    [Fact]
    public async Task WithoutThePasswordNothingIsMadeRenewedOrTurnedOff()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        Assert.Equal(SecondStepOutcome.WrongPassword, (await AskAsync(steps => steps.BeginAsync(actor, Wrong, default))).Outcome);
        var (key, codes) = await TurnOnAsync(actor);

        var renewed = await AskAsync(steps => steps.RenewCodesAsync(actor, Wrong, default));
        Assert.Equal((SecondStepOutcome.WrongPassword, 0), (renewed.Outcome, renewed.Codes.Count));
        Assert.Equal(SecondStepOutcome.WrongPassword, await AskAsync(steps => steps.TurnOffAsync(actor, Wrong, default)));

        await using var db = await DatabaseAsync();
        Assert.Equal(3, await db.Audit.CountAsync(line => line.Action == AuditAction.PasswordCheckFailed && line.AccountId == actor.AccountId));
        using var browser = App.Browser();
        await PasswordAsync(browser);
        Assert.Equal("/", await CodeAsync(browser, codes[0]));
        // Wrong ones count as at sign-in.
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork; attempt++)
        {
            await AskAsync(steps => steps.TurnOffAsync(actor, Wrong, default));
        }

        Assert.Equal(SecondStepOutcome.TooMany, await AskAsync(steps => steps.TurnOffAsync(actor, ScoutApp.Password, default)));
        Assert.NotEmpty(key);
    }

    [Fact]
    public async Task AKeyThatCountsIsNotReplacedWithoutTurningItOffFirst()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var (key, _) = await TurnOnAsync(actor);

        var offer = await AskAsync(steps => steps.BeginAsync(actor, ScoutApp.Password, default));

        Assert.Equal((SecondStepOutcome.AlreadyOn, 0), (offer.Outcome, offer.Key.Length));
        using var browser = App.Browser();
        await PasswordAsync(browser);
        Assert.Equal("/", await CodeAsync(browser, CodeOf(key)));
    }

    [Fact]
    public async Task NewRecoveryCodesMakeTheOldOnesVoid()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        var (_, old) = await TurnOnAsync(actor);

        var made = await AskAsync(steps => steps.RenewCodesAsync(actor, ScoutApp.Password, default));

        Assert.Equal((SecondStepOutcome.Done, 10), (made.Outcome, made.Codes.Except(old).Count()));
        using var browser = App.Browser();
        await PasswordAsync(browser);
        Assert.Contains("The code is wrong", await CodeAsync(browser, old[0]), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(browser, made.Codes[0]));
    }

    [Fact]
    public async Task TurnedOffThePasswordIsEnoughAgainAndNoCodeIsLeft()
    {
        await App.SetUpAsync();
        var actor = await App.ActorAsync();
        await TurnOnAsync(actor);

        Assert.Equal(SecondStepOutcome.Done, await AskAsync(steps => steps.TurnOffAsync(actor, ScoutApp.Password, default)));

        using var browser = App.Browser();
        Assert.Equal("/", await PasswordAsync(browser));
        Assert.Equal(SecondStepOutcome.NotOn, await AskAsync(steps => steps.TurnOffAsync(actor, ScoutApp.Password, default)));
        Assert.Equal(SecondStepOutcome.NotOn, (await AskAsync(steps => steps.RenewCodesAsync(actor, ScoutApp.Password, default))).Outcome);
        await using var db = await DatabaseAsync();
        Assert.Equal((0, 0), (await db.Authenticators.CountAsync(), await db.RecoveryCodes.CountAsync()));
    }

    [Fact]
    public async Task ANewPasswordDoesNotTurnItOff()
    {
        await App.SetUpAsync();
        var (key, _) = await TurnOnAsync(await App.ActorAsync());
        await using (var scope = App.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
            Assert.True((await users.ChangePasswordAsync((await users.FindByNameAsync(ScoutApp.UserName))!, Wrong + " yet", Wrong)).Errors.Any());
            Assert.True((await users.ChangePasswordAsync((await users.FindByNameAsync(ScoutApp.UserName))!, ScoutApp.Password, Wrong)).Succeeded);
        }

        using var browser = App.Browser();
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = Wrong });

        Assert.StartsWith("/sign-in/code", PathOf(answer), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(browser, CodeOf(key)));
    }

    [Fact]
    public async Task AnAdministratorTakesItOffWhoLostTheirPhoneAndSignsThemOut()
    {
        var id = await App.AddMemberAsync("vic", MemberRole.Viewer);
        var vic = await App.ActorAsync("vic");
        await TurnOnAsync(vic);
        var (ada, members) = (await App.ActorAsync(), App.Services.GetRequiredService<MemberService>());
        Assert.Equal([(ScoutApp.UserName, false), ("vic", true)], (await members.ListAsync(ada, default)).Select(member => (member.Name, member.HasSecondStep)));

        Assert.Equal(MemberOutcome.Done, await members.TakeSecondStepAsync(ada, id, default));

        await Assert.ThrowsAsync<ForbiddenException>(() => AskAsync(steps => steps.FindAsync(vic, default)));
        await using var db = await DatabaseAsync();
        Assert.Equal((ScoutApp.UserName, "vic", id), await db.Audit.Where(line => line.Action == AuditAction.SecondStepTurnedOff).Select(line => ValueTuple.Create(line.Name, line.Subject, line.SubjectAccountId)).SingleAsync());
        using var browser = App.Browser();
        Assert.Equal("/", await PasswordAsync(browser, "vic"));
    }

    [Fact]
    public async Task NobodyTakesTheirOwnOffWithoutThePasswordNorThatOfAnotherOrganization()
    {
        await App.SetUpAsync();
        var ada = await App.ActorAsync();
        await TurnOnAsync(ada);
        var members = App.Services.GetRequiredService<MemberService>();
        await using var db = await DatabaseAsync();
        db.Organizations.Add(new Organization { Id = 2, Name = "Fabrikam" });
        await db.SaveChangesAsync();
        await App.AddMemberAsync("sam", MemberRole.Administrator);
        await db.Users.Where(a => a.UserName == "sam").ExecuteUpdateAsync(set => set.SetProperty(a => a.OrganizationId, 2));

        Assert.Equal(MemberOutcome.Gone, await members.TakeSecondStepAsync(ada, ada.AccountId, default));
        Assert.Equal(MemberOutcome.Gone, await members.TakeSecondStepAsync(await App.ActorAsync("sam"), ada.AccountId, default));

        Assert.NotNull((await AskAsync(steps => steps.FindAsync(ada, default))).Since);
    }

    [Fact]
    public async Task WhoComesByTheIssuerHasNone()
    {
        await App.AddMemberAsync("grace", MemberRole.Viewer);
        await using var db = await DatabaseAsync();
        await db.Users.Where(a => a.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, (string?)null));
        var grace = await App.ActorAsync("grace");

        Assert.Equal(SecondStepOutcome.NoPassword, (await AskAsync(steps => steps.BeginAsync(grace, "", default))).Outcome);
    }
}
