using Azure.Core;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;

namespace ScoutDashboard.Consent;

/// <summary>A person's consent as a credential. It is asked for at each call, so that one that ends takes what goes on along.</summary>
internal sealed class PersonCredential(ConsentStore consents, Actor actor) : TokenCredential
{
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (requestContext.Claims is { Length: > 0 })
        {
            // Continuous access evaluation: the token was ended at the issuer, or a rule asks for more than the person showed.
            throw Ended("Azure asks for a new consent: the one that you gave was ended, or is not enough, at your organization.");
        }

        return await consents.OpenAsync(actor, cancellationToken) is { } token
            // Over at once as far as the pipeline knows, which keeps tokens until then.
            ? new AccessToken(token, DateTimeOffset.UnixEpoch) : throw Ended("You do not let the dashboard act in Azure any more: your consent has ended.");
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException("It is asked for asynchronously only.");

    private static ArmException Ended(string message) => new(ArmError.NoIdentity, message) { IsPersons = true };
}
