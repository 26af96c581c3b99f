using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>The dashboard's own identity in Azure as a way to sign in to a registry, with no password anywhere.</summary>
public sealed class IdentitySignIn(ArmClients azure, IntegrationService integrations)
{
    private const string Name = "the dashboard";

    /// <summary>Whether there is an identity, and the registry is one of its cloud.</summary>
    public bool IsPossible(RegistryHostname? host) => host is not null && azure.IsOf(host);

    /// <summary>Access to a registry by the identity; null where that is not possible.</summary>
    internal static RegistryAccess? AccessTo(RegistryHostname host, ArmClients azure) => azure.IsOf(host) ? RegistryAccess.By(new RegistryIdentity(Name, leaving => GetTokenAsync(azure.For(host).Identity, leaving)), host) : null;

    /// <summary>What gives the identity the roles that it needs, and whether it can be used at all.</summary>
    /// <returns>Null where the registry is removed, or not one of the identity's.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<IdentityRoles?> AskAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { Host: { } host } integration || !azure.IsOf(host))
        {
            return null;
        }

        var identity = azure.For(host).Identity;
        try
        {
            // Only a token tells whose it is.
            await (identity.Owner is null ? identity.GetAsync(cancellationToken) : Task.CompletedTask);
            return new IdentityRoles(await CommandsForAsync(integration, cancellationToken), null);
        }
        catch (ArmException exception)
        {
            return new IdentityRoles(await CommandsForAsync(integration, cancellationToken), new IdentityFailure(exception.Message, exception.Remedy));
        }
    }

    /// <summary>A step with what an administrator types where the identity lacks a right.</summary>
    internal async Task<ConnectionStep> ExplainAsync(ConnectionStep step, IntegrationDetails integration, CancellationToken cancellationToken) =>
        (step.Error is RegistryError.Unauthorized or RegistryError.CatalogDenied or RegistryError.PullDenied || step.Remedy == IdentityRemedies.EmptyCatalogue) && integration.Host is { } host && azure.IsOf(host)
            ? step with { Commands = await CommandsForAsync(integration, cancellationToken) } : step;

    // Both where nobody tells which of them counts at the registry.
    private async Task<IReadOnlyList<RoleCommand>> CommandsForAsync(IntegrationDetails integration, CancellationToken cancellationToken)
    {
        var (host, client) = (integration.Host!, azure.For(integration.Host));
        var isOfRepositories = integration.AzureId is { } registry ? await client.Registries.HasRepositoryPermissionsAsync(registry, cancellationToken) : null;
        RoleCommand[] commands =
        [
            new(RolePermissions.OfRegistry, AzureCommands.GiveRoles(host, integration.AzureId, client.Identity.Owner, AzureNames.PullRole)),
            new(RolePermissions.OfRepositories, AzureCommands.GiveRoles(host, integration.AzureId, client.Identity.Owner, AzureNames.RepositoryRoles)),
        ];
        return isOfRepositories is { } known ? [commands[known ? 1 : 0]] : commands;
    }

    private static async Task<string> GetTokenAsync(IdentityTokens identity, CancellationToken cancellationToken)
    {
        try
        {
            return await identity.GetAsync(cancellationToken);
        }
        catch (ArmException exception)
        {
            throw new RegistryException(exception.Error == ArmError.Unreachable ? RegistryError.Timeout : RegistryError.NoIdentity, exception.Message, exception);
        }
    }
}

/// <summary>What gives the identity its roles at a registry.</summary>
/// <param name="Failure">Why the identity can't be used; null where it can.</param>
public sealed record IdentityRoles(IReadOnlyList<RoleCommand> Commands, IdentityFailure? Failure);

public sealed record IdentityFailure(string Message, string Remedy);
