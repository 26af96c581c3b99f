using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace ScoutDashboard.Access;

/// <summary>Signs an open page out when its session has ended or its account has another role: a circuit outlives the request that opened it. A session that is still open leads it back in, with the new role.</summary>
public sealed class SignedInState(ILoggerFactory loggers, SessionCookie cookie) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        return await cookie.IsCurrentAsync(authenticationState.User, cancellationToken);
    }
}
