using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Signs an open page out when its account is gone or its password changed elsewhere: a circuit outlives the cookie that opened it.</summary>
public sealed class SignedInState(ILoggerFactory loggers, IServiceScopeFactory scopes, IOptions<IdentityOptions> options)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(5);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        return await users.GetUserAsync(authenticationState.User) is { } account
            && await users.GetSecurityStampAsync(account) == authenticationState.User.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
    }
}
