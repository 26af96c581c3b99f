using Microsoft.Extensions.Localization;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>What the interface says of differences in Azure.</summary>
public static class WatchWords
{
    /// <summary>What differs, in a word or two.</summary>
    public static string NameOf(AzureDifference difference, IStringLocalizer<UiText> texts) => difference switch
    {
        AzureDifference.TopicGone or AzureDifference.OtherTopic => texts["System topic"],
        >= AzureDifference.TokenGone => texts["Container registry token"],
        _ => texts["Event subscription"],
    };

    /// <summary>What that means.</summary>
    public static string SentenceOf(AzureDifference difference, IntegrationDetails integration, IStringLocalizer<UiText> texts) => difference switch
    {
        AzureDifference.TopicGone => texts["The registry's system topic is gone, or lies where the identity sees nothing: pushes are found only by the regular look."],
        AzureDifference.OtherTopic => texts["The registry's one system topic is not {0}.", integration.SystemTopic],
        AzureDifference.SubscriptionGone => texts["The event subscription {0} is gone: pushes are found only by the regular look.", AzureNames.EventSubscription],
        AzureDifference.OtherEndpoint => texts["The event subscription sends its events elsewhere, or with another key: they do not arrive here."],
        AzureDifference.OtherEvents => texts["The event subscription does not send pushes and deletions, or more than these."],
        AzureDifference.Filtered => texts["The event subscription has a filter of its own: some pushes do not arrive."],
        AzureDifference.SubscriptionInactive => texts["The event subscription is not active: Azure waits for its address to be confirmed, or failed at it."],
        AzureDifference.TokenGone => texts["The token {0} is gone: the registry can't be read.", integration.TokenName],
        AzureDifference.TokenDisabled => texts["The token {0} is disabled: the registry can't be read.", integration.TokenName],
        AzureDifference.OtherScopeMap => texts["The token {0} has another scope map than {1}.", integration.TokenName, AzureNames.ScopeMap],
        _ => texts["The token's scope map does not allow reading all repositories."],
    };

    /// <summary>What mends it.</summary>
    public static string ButtonOf(AzureDifference difference, IStringLocalizer<UiText> texts) => difference switch
    {
        AzureDifference.OtherTopic => texts["Use that topic and deploy again"],
        AzureDifference.TokenGone => texts["Make the token and a password"],
        AzureDifference.TokenDisabled => texts["Enable the token"],
        AzureDifference.OtherScopeMap or AzureDifference.NarrowScopeMap => texts["Give the token its scope map"],
        _ => texts["Deploy again"],
    };
}
