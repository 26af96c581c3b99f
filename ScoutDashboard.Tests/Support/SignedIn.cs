using System.Security.Claims;
using Bunit;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Tests.Support;

/// <summary>Lets a component believe that a member is signed in, with the policies that the member's role meets.</summary>
public static class SignedIn
{
    public static void SignInAs(this BunitContext context, MemberRole role) => context.SignInAs(TestActor.With(role), role);

    public static void SignInAs(this BunitContext context, Actor actor, MemberRole role)
    {
        string[] policies = role switch { MemberRole.Viewer => [], MemberRole.Editor => [Rights.Edit], _ => [Rights.Edit, Rights.Administer] };
        context.AddAuthorization().SetAuthorized(actor.Name).SetRoles(role.ToString()).SetPolicies(policies).SetClaims(
            new Claim(ScoutPage.OrganizationClaim, "1"), new Claim(ClaimTypes.NameIdentifier, actor.AccountId), new Claim(Visitor.SessionClaim, actor.SessionId), new Claim(Visitor.AddressClaim, actor.Address));
    }
}
