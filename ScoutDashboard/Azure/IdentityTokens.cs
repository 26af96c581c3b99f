using Azure.Core;
using Azure.Identity;
using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>The identity's tokens for container registries themselves, and whose they are.</summary>
public sealed class IdentityTokens(TokenCredential credential, ArmEndpoint endpoint, TimeProvider clock)
{
    // What registries alone take, in every cloud (azure-cli: acr). They also take one for the Resource Manager where their policy azureADAuthenticationAsArmPolicy allows,
    // but whoever got hold of that could do all that the identity may.
    private const string Scope = "https://containerregistry.azure.net/.default";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whose the last token was; null before there was one, and where it did not tell.</summary>
    public IdentityOwner? Owner { get; private set; }

    /// <summary>A token, which is a secret.</summary>
    /// <exception cref="ArmException">Nobody issues one: <see cref="ArmError.NoIdentity"/>, or <see cref="ArmError.Unreachable"/> where it could not be asked for.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext([Scope]), either.Token);
            Owner = IdentityOwner.Read(token.Token);
            return token.Token;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArmException(ArmError.Unreachable, $"Nobody issued a token to the dashboard's Azure identity in time; {endpoint.Login.Host} or the machine was asked.", exception);
        }
        catch (AuthenticationFailedException exception) when (exception.InnerException is HttpRequestException or IOException)
        {
            throw new ArmException(ArmError.Unreachable, $"Nobody could be asked for a token of the dashboard's Azure identity: {DisplayText.Sanitise(exception.Message, 300)}", exception);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new ArmException(ArmError.NoIdentity, $"The dashboard's Azure identity can't be used: {DisplayText.Sanitise(exception.Message, 300)}", exception);
        }
    }
}

/// <summary>Whom roles are given to.</summary>
/// <param name="ObjectId">In Entra ID.</param>
/// <param name="IsPerson">Whether a person is signed in, not a program.</param>
public sealed record IdentityOwner(Guid ObjectId, bool IsPerson)
{
    /// <summary>By a token's claims <c>oid</c> and <c>scp</c>, which only persons' have (learn: access-token-claims-reference).</summary>
    internal static IdentityOwner? Read(string token) =>
        JwtPayload.TryRead(token) is { } claims && Guid.TryParseExact(claims.Text("oid"), "D", out var id) ? new IdentityOwner(id, claims.Text("scp").Length > 0) : null;
}
