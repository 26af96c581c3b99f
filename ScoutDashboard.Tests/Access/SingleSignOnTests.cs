using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Who becomes a member, and with which role.</summary>
public sealed class SingleSignOnTests : SingleSignOnRig
{
    [Fact]
    public async Task WhoTheIssuerSignsInIsAMemberWithTheRoleOfTheirGroup()
    {
        await App.SetUpAsync();
        using var browser = App.Browser();

        Assert.Equal("/images?search=nginx", await SignInAsync(browser, "/images?search=nginx"));

        using var account = await browser.GetAsync("/settings/account");
        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        using var members = await browser.GetAsync("/settings/members");
        Assert.Equal(HttpStatusCode.Forbidden, members.StatusCode);
        await using var db = await DatabaseAsync();
        var grace = await db.Users.SingleAsync(a => a.UserName == "grace@contoso.example");
        Assert.Equal((MemberRole.Editor, null, 1), (grace.Role, grace.PasswordHash, grace.OrganizationId));
        Assert.Equal([AuditAction.MemberAdded, AuditAction.SignedIn], await db.Audit.Where(line => line.AccountId == grace.Id).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
        Assert.All(Issuer.Redeemed, form => Assert.NotEmpty(form["code_verifier"].ToString()));
    }

    [Fact]
    public async Task TheSamePersonComesBackToTheSameAccountWithTheRoleOfToday()
    {
        await App.SetUpAsync();
        Issuer.Person["roles"] = new[] { "scout-admins", "staff" };
        using var first = App.Browser();
        await SignInAsync(first);
        await App.Services.GetRequiredService<InvitationService>().CreateAsync(await App.ActorAsync("grace@contoso.example"), MemberRole.Administrator, "a way back", default);

        Issuer.Person["roles"] = "staff";
        Issuer.Person["preferred_username"] = "grace.hopper@contoso.example";
        using var second = App.Browser();
        await SignInAsync(second);

        await using var db = await DatabaseAsync();
        var account = await db.Users.SingleAsync(a => a.UserName != ScoutApp.UserName);
        Assert.Equal(("grace@contoso.example", MemberRole.Viewer), (account.UserName, account.Role));
        Assert.Equal("Administrator → Viewer, by Contoso", (await db.Audit.SingleAsync(line => line.Action == AuditAction.RoleChanged)).Detail);
        Assert.Empty(await db.Invitations.ToListAsync());
        Assert.Equal([(ScoutApp.UserName, false), ("grace@contoso.example", true)],
            (await App.Services.GetRequiredService<MemberService>().ListAsync(await App.ActorAsync(), default)).Select(member => (member.Name, member.IsByIssuer)));
        Assert.Equal(MemberOutcome.RoleByIssuer, await App.Services.GetRequiredService<MemberService>().ChangeRoleAsync(await App.ActorAsync(), account.Id, MemberRole.Administrator, false, default));
        // Who was signed in before is held to the new role at once.
        using var members = await first.GetAsync("/settings/members");
        Assert.Equal(HttpStatusCode.Forbidden, members.StatusCode);
    }

    [Fact]
    public async Task ALocalAccountOfTheSameNameIsNobodyElses()
    {
        await App.SetUpAsync();
        Issuer.Person["preferred_username"] = "ADA";
        Issuer.Person["roles"] = "scout-admins";
        using var browser = App.Browser();

        Assert.Equal("/sign-in?problem=NameTaken", await SignInAsync(browser));

        Assert.Contains("Another account has your name.", await browser.GetStringAsync("/sign-in?problem=NameTaken"), StringComparison.Ordinal);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
        Assert.Equal(("ADA", "Another account has this name."), await db.Audit.Where(line => line.Action == AuditAction.SignInFailed).Select(line => ValueTuple.Create(line.Subject, line.Detail)).SingleAsync());
    }

    [Fact]
    public async Task ANameThatChangedHandsAtTheIssuerOpensNoOthersAccount()
    {
        await App.SetUpAsync();
        using var first = App.Browser();
        await SignInAsync(first);

        Issuer.Person["sub"] = "2";
        using var second = App.Browser();

        Assert.Equal("/sign-in?problem=NameTaken", await SignInAsync(second));
    }

    [Theory]
    [InlineData("scout-admin")]
    [InlineData("")]
    [InlineData("scout-editors, others")]
    public async Task WhoseGroupsHaveNoRoleStaysOutside(string group)
    {
        await App.SetUpAsync();
        Issuer.Person["roles"] = group;
        using var browser = App.Browser();

        Assert.Equal("/sign-in?problem=NoRole", await SignInAsync(browser));

        using var inside = await browser.GetAsync("/images");
        Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Single(await db.Users.ToListAsync());
    }

    [Fact]
    public async Task WhoLosesEveryRoleIsOutInAllBrowsersAndLeavesNoWayBack()
    {
        await App.SetUpAsync();
        Issuer.Person["roles"] = "scout-admins";
        using var first = App.Browser();
        await SignInAsync(first);
        var actor = await App.ActorAsync("grace@contoso.example");
        await App.Services.GetRequiredService<InvitationService>().CreateAsync(actor, MemberRole.Administrator, "a way back", default);
        await App.Services.GetRequiredService<ApiKeyService>().CreateAsync(actor, "another", ApiScopes.Audit, 30, default);

        Issuer.Person["roles"] = "";
        using var second = App.Browser();
        Assert.Equal("/sign-in?problem=NoRole", await SignInAsync(second));

        using var inside = await first.GetAsync("/images");
        Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Equal(MemberRole.Viewer, (await db.Users.SingleAsync(a => a.UserName == "grace@contoso.example")).Role);
        Assert.Equal((0, 0), (await db.Invitations.CountAsync(), await db.ApiKeys.CountAsync()));
        Assert.Equal([AuditAction.SignInFailed, AuditAction.RoleChanged, AuditAction.InvitationRevoked, AuditAction.ApiKeyRevoked],
            await db.Audit.OrderByDescending(line => line.Id).Take(4).OrderBy(line => line.Id).Select(line => line.Action).ToListAsync());
    }
}
