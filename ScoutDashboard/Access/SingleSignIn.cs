using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>
/// Makes a member of whom the issuer signed in. The issuer and the person's number there (<c>iss</c>, <c>sub</c>) are who it is, never a name or an address,
/// which can change hands: an account of the dashboard's own with the same name is not theirs. The role follows the issuer's groups at each sign-in.
/// </summary>
public sealed class SingleSignIn(SignInManager<Account> signIn, UserManager<Account> users, ScoutDb db, SingleSignOnOptions settings, TimeProvider clock)
{
    private const int MaxNameLength = 100;
    private const int MaxClaimLength = 500;
    private static readonly string[] Names = ["preferred_username", "email", "name", "sub"];

    /// <summary>Sets the session cookie if a role is theirs; writes down in the audit log if not. What the issuer told is used up by it.</summary>
    public async Task<SingleSignInOutcome> TryAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var told = await http.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        if (told.Principal is not { } person || Login(person) is not { } login || Names.Select(claim => person.FindFirstValue(claim)?.Trim()).FirstOrDefault(text => text is { Length: > 0 }) is not { } called)
        {
            return SingleSignInOutcome.Failed;
        }

        var address = Visitor.AddressOf(http);
        var name = DisplayText.Sanitise(called, MaxNameLength);
        // One write lock from the question to the change, as for an invitation.
        await using var transaction = await db.BeginWriteAsync(http.RequestAborted);
        var (outcome, account) = await AdmitAsync(login, name, settings.RoleOf([.. person.FindAll(settings.RoleClaim).Select(claim => claim.Value)]), address);
        await db.SaveChangesAsync(http.RequestAborted);
        await transaction.CommitAsync(http.RequestAborted);
        if (account is null)
        {
            return outcome;
        }

        await signIn.SignInAsync(account, new AuthenticationProperties { AllowRefresh = false, ExpiresUtc = clock.GetUtcNow() + settings.SessionLimit }, SingleSignOn.Scheme);
        return SingleSignInOutcome.SignedIn;
    }

    /// <summary>What is asked of a person here, and nothing else: what the issuer tells waits in a cookie, and some are in hundreds of groups.</summary>
    internal static ClaimsPrincipal Shorten(ClaimsPrincipal person, SingleSignOnOptions settings) => new(new ClaimsIdentity(
        person.Claims.Where(claim => claim.Value.Length <= MaxClaimLength && (claim.Type == "iss" || Names.Contains(claim.Type) || (claim.Type == settings.RoleClaim && settings.Names(claim.Value))))
            .Select(claim => new Claim(claim.Type, claim.Value)).DistinctBy(claim => (claim.Type, claim.Value)), SingleSignOn.Scheme));

    private async Task<(SingleSignInOutcome Outcome, Account? Account)> AdmitAsync(UserLoginInfo login, string name, MemberRole? role, string address)
    {
        var account = await users.FindByLoginAsync(login.LoginProvider, login.ProviderKey);
        if (role is null)
        {
            await RefuseAsync(account, name, "None of the groups that the issuer tells has a role.", address);
            if (account is not null)
            {
                // As little as anybody can have, and not for as long as the sessions that they have would last.
                await FollowAsync(account, MemberRole.Viewer, address);
                await db.Sessions.Where(s => s.AccountId == account.Id).ExecuteDeleteAsync();
            }

            return (SingleSignInOutcome.NoRole, null);
        }

        if (account is not null)
        {
            await FollowAsync(account, role.Value, address);
            return (SingleSignInOutcome.SignedIn, account);
        }

        if (await db.Organizations.OrderBy(o => o.Id).FirstOrDefaultAsync() is not { } organization)
        {
            return (SingleSignInOutcome.NotSetUp, null);
        }

        account = new Account { UserName = name, Role = role.Value, CreatedAt = clock.GetUtcNow().UtcDateTime, OrganizationId = organization.Id, Organization = organization };
        if (await users.FindByNameAsync(name) is not null || !(await users.CreateAsync(account)).Succeeded)
        {
            await RefuseAsync(null, name, "Another account has this name.", address);
            return (SingleSignInOutcome.NameTaken, null);
        }

        var linked = await users.AddLoginAsync(account, login);
        Note(account, AuditAction.MemberAdded, linked.Succeeded ? $"{role}, by {settings.DisplayName}" : throw new InvalidOperationException("A new account could not be tied to its person at the issuer."), address);
        return (SingleSignInOutcome.SignedIn, account);
    }

    private async Task FollowAsync(Account account, MemberRole role, string address)
    {
        if (account.Role == role)
        {
            return;
        }

        Note(account, AuditAction.RoleChanged, $"{account.Role} → {role}, by {settings.DisplayName}", address);
        account.Role = role;
        if (role != MemberRole.Administrator)
        {
            // What an administrator is asked about, where they demote another, is nobody's to answer here.
            await WaysBack.TakeAsync(db, account, withKeys: true, (action, subject, detail) => Note(account, action, detail, address, subject), CancellationToken.None);
        }
    }

    private async Task RefuseAsync(Account? account, string name, string reason, string address)
    {
        var organization = account?.OrganizationId ?? await db.Organizations.OrderBy(o => o.Id).Select(o => o.Id).FirstOrDefaultAsync();
        db.Audit.Add(new AuditEntry
        {
            OrganizationId = organization, At = clock.GetUtcNow().UtcDateTime, Action = AuditAction.SignInFailed, Name = "", Subject = account?.UserName ?? name, SubjectAccountId = account?.Id, Detail = reason, Address = address,
        });
    }

    private void Note(Account account, AuditAction action, string detail, string address, string? subject = null)
    {
        var line = SessionService.Line(account, action, address, clock.GetUtcNow().UtcDateTime);
        (line.Detail, line.Subject, line.SubjectAccountId) = (detail, subject ?? line.Subject, subject is null ? account.Id : null);
        db.Audit.Add(line);
    }

    private UserLoginInfo? Login(ClaimsPrincipal person) => person.FindFirstValue("iss") is { Length: > 0 } issuer && person.FindFirstValue("sub") is { Length: > 0 } number
        ? new UserLoginInfo(issuer, number, settings.DisplayName) : null;
}

/// <summary>How a sign-in at the issuer went.</summary>
public enum SingleSignInOutcome { SignedIn, Failed, Unreachable, NoRole, NameTaken, NotSetUp }
