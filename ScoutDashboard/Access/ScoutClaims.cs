using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Adds the organization to what a signed-in user's cookie says.</summary>
public sealed class ScoutClaims(UserManager<Account> users, IOptions<IdentityOptions> options, IDbContextFactory<ScoutDb> databases)
    : UserClaimsPrincipalFactory<Account>(users, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var name = await db.Organizations.Where(o => o.Id == user.OrganizationId).Select(o => o.Name).SingleAsync();
        identity.AddClaim(new Claim(ScoutPage.OrganizationClaim, user.OrganizationId.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new Claim(ScoutPage.OrganizationNameClaim, name));
        return identity;
    }
}
