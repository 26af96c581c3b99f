using System.Diagnostics.CodeAnalysis;

namespace ScoutDashboard.Azure;

/// <summary>Where a registry lies in Azure: its resource id in parts, each checked, so that paths can be made of them.</summary>
public sealed record AzureRegistryId
{
    private AzureRegistryId(Guid subscription, string resourceGroup, string name) => (Subscription, ResourceGroup, Name) = (subscription, resourceGroup, name);

    public Guid Subscription { get; }

    public string ResourceGroup { get; }

    public string Name { get; }

    /// <summary>The whole id, without a leading slash.</summary>
    public string Path => $"{GroupPath}/providers/Microsoft.ContainerRegistry/registries/{Name}";

    /// <summary>The id of its resource group, without a leading slash.</summary>
    public string GroupPath => $"subscriptions/{Subscription}/resourceGroups/{ResourceGroup}";

    /// <summary>Reads a resource id; case does not count in them.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AzureRegistryId? id)
    {
        id = (text ?? "").Split('/') is ["", var subscriptions, var subscription, var groups, var group, var providers, var provider, var registries, var name]
            && Is(subscriptions, "subscriptions") && Is(groups, "resourceGroups") && Is(providers, "providers") && Is(provider, "Microsoft.ContainerRegistry") && Is(registries, "registries")
            ? Create(subscription, group, name) : null;
        return id is not null;
    }

    /// <summary>Null where a part breaks Azure's rules for names.</summary>
    public static AzureRegistryId? Create(string subscription, string resourceGroup, string name) =>
        Guid.TryParseExact(subscription, "D", out var number) && IsGroup(resourceGroup) && name.Length is >= 5 and <= 50 && name.All(char.IsAsciiLetterOrDigit)
            ? new AzureRegistryId(number, resourceGroup, name) : null;

    /// <summary>Whether another resource id names the same registry.</summary>
    public bool Names(string other) => TryParse(other, out var id) && id.Path.Equals(Path, StringComparison.OrdinalIgnoreCase);

    // learn: resource-name-rules. Letters may be of any script there.
    private static bool IsGroup(string name) => name.Length is >= 1 and <= 90 && name[^1] != '.' && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.' or '(' or ')');

    private static bool Is(string text, string expected) => text.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
