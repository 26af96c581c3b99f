namespace ScoutDashboard.Azure;

/// <summary>Where a system topic lies in Azure.</summary>
public sealed record SystemTopicId(Guid Subscription, string ResourceGroup, string Name)
{
    /// <summary>The whole id, without a leading slash.</summary>
    public string Path => $"subscriptions/{Subscription}/resourceGroups/{Uri.EscapeDataString(ResourceGroup)}/providers/Microsoft.EventGrid/systemTopics/{Uri.EscapeDataString(Name)}";

    /// <summary>Reads a resource id; null where it is none of a system topic.</summary>
    public static SystemTopicId? Parse(string text) =>
        text.Split('/') is ["", _, var subscription, _, var group, _, var provider, var type, var name] && Guid.TryParseExact(subscription, "D", out var number)
            && provider.Equals("Microsoft.EventGrid", StringComparison.OrdinalIgnoreCase) && type.Equals("systemTopics", StringComparison.OrdinalIgnoreCase)
            ? new SystemTopicId(number, group, name) : null;
}
