using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations;

/// <summary>Where a registry lies in Azure: what its hostname does not tell and a deployment needs.</summary>
public sealed record AzurePlace
{
    private AzurePlace(Guid subscription, string resourceGroup, string location) => (Subscription, ResourceGroup, Location) = (subscription, resourceGroup, location);

    public Guid Subscription { get; }

    public string ResourceGroup { get; }

    /// <summary>Region as templates name it, e.g. <c>westeurope</c>.</summary>
    public string Location { get; }

    /// <summary>Null where the region is none: it goes into a template, in which some texts are expressions.</summary>
    /// <param name="location">Azure also tells it as people read it: "West Europe".</param>
    public static AzurePlace? Create(Guid subscription, string resourceGroup, string location)
    {
        var region = location.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return region.Length is > 0 and <= 60 && resourceGroup.Length is > 0 and <= 90 && region.All(char.IsAsciiLetterOrDigit) && !resourceGroup.Contains('\'', StringComparison.Ordinal)
            ? new AzurePlace(subscription, resourceGroup, region) : null;
    }

    /// <summary>What an integration holds of it.</summary>
    public static AzurePlace? Of(Integration integration) => Of(integration.AzureSubscription, integration.ResourceGroup, integration.Location);

    /// <summary>Null where any of it is not known.</summary>
    public static AzurePlace? Of(Guid? subscription, string? resourceGroup, string? location) =>
        subscription is { } id && resourceGroup is not null && location is not null ? Create(id, resourceGroup, location) : null;
}
