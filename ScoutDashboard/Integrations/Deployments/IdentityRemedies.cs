using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>What a person can do about each way in which a registry can't be read by the dashboard's identity.</summary>
public static class IdentityRemedies
{
    public const string EmptyCatalogue =
        "If the registry does hold repositories, the identity may not list them: give it AcrPull, or Container Registry Repository Catalog Lister where the registry has permissions of each repository (ABAC).";

    public const string MoreThanReading =
        "Reading is enough, and whoever takes over this server could change images: take roles such as AcrPush, Contributor or Owner at the registry from the identity, and leave it those that read.";

    public static string For(RegistryError error) => error switch
    {
        RegistryError.NoIdentity => "Check Azure:Identity and what it needs: a managed identity assigned to this machine, the AZURE_… variables, or “az login”.",
        RegistryError.Unauthorized =>
            "Give the identity the role AcrPull at the registry, and check that it is of the registry's tenant. Where the registry has permissions of each repository (ABAC), AcrPull counts for nothing: give it the other two roles. A new role can take ten minutes to work.",
        RegistryError.CatalogDenied =>
            "AcrPull at the registry also lists repositories. Where the registry has permissions of each repository (ABAC), it counts for nothing, and Container Registry Repository Reader lists none: give the identity Container Registry Repository Catalog Lister, too. A new role can take ten minutes to work.",
        RegistryError.PullDenied =>
            "Give the identity the role AcrPull at the registry; where that has permissions of each repository (ABAC), Container Registry Repository Reader without a condition that leaves repositories out.",
        RegistryError.UntrustedRealm => "Something between this server and the registry changes the registry's answers: look for a proxy.",
        _ => Remedies.For(error),
    };
}
