using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Refuses names with characters that nobody sees or that turn text around: they could pass for somebody else's in lists and in the audit log.</summary>
public sealed class AccountNames : IUserValidator<Account>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var name = user.UserName ?? "";
        return Task.FromResult(DisplayText.Sanitise(name) == name ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = "InvisibleName", Description = "The name has characters that can't be seen." }));
    }
}
