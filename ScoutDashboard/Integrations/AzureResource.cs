using Microsoft.Extensions.Localization;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Integrations;

/// <summary>One of the resources that the template makes, as people are told of it.</summary>
public sealed record AzureResource(AzureResourceKind Kind, string Name)
{
    private const int MaxName = 100;

    /// <param name="resourceId">Case does not count in it.</param>
    public static AzureResource Of(string resourceId) => new(
        resourceId.Split('/') switch
        {
            [.., var type, _] when type.Equals("systemTopics", StringComparison.OrdinalIgnoreCase) => AzureResourceKind.SystemTopic,
            [.., var type, _] when type.Equals("eventSubscriptions", StringComparison.OrdinalIgnoreCase) => AzureResourceKind.EventSubscription,
            [.., var type, _] when type.Equals("tokens", StringComparison.OrdinalIgnoreCase) => AzureResourceKind.Token,
            _ => AzureResourceKind.Other,
        }, DisplayText.Sanitise(resourceId.Split('/')[^1], MaxName));

    /// <summary>What the interface calls its kind.</summary>
    public string KindIn(IStringLocalizer<UiText> texts) => Kind switch
    {
        AzureResourceKind.SystemTopic => texts["Event Grid system topic"],
        AzureResourceKind.EventSubscription => texts["Event subscription"],
        AzureResourceKind.Token => texts["Container registry token"],
        _ => texts["Azure resource"],
    };
}

/// <summary>What the template makes.</summary>
public enum AzureResourceKind { SystemTopic, EventSubscription, Token, Other }
