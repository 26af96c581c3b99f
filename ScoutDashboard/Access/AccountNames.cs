using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Refuses names that could pass for somebody else's in lists and in the audit log: with characters that nobody sees or that turn text around, and the dashboard's own.</summary>
public sealed class AccountNames : IUserValidator<Account>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var name = user.UserName ?? "";
        if (string.Equals(name.Trim(), Actor.Dashboard, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("DashboardsName", $"{Actor.Dashboard} is who does by itself what the audit log tells of. Choose another name.");
        }

        return DisplayText.Sanitise(name) == name ? Task.FromResult(IdentityResult.Success) : Refuse("InvisibleName", "The name has characters that can't be seen.");
    }

    private static Task<IdentityResult> Refuse(string code, string reason) => Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = reason }));
}
