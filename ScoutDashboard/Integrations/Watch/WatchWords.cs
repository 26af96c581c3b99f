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

    /// <summary>What that means, in the interface's language.</summary>
    public static string SentenceOf(AzureDifference difference, IntegrationDetails integration, IStringLocalizer<UiText> texts)
    {
        var sentence = SentenceOf(difference, integration);
        return texts[sentence.Format, sentence.GetArguments()!];
    }

    /// <summary>What that means.</summary>
    public static FormattableString SentenceOf(AzureDifference difference, IntegrationDetails integration) => difference switch
    {
        AzureDifference.TopicGone => $"The registry's system topic is gone, or lies where the identity sees nothing: pushes are found only by the regular look.",
        AzureDifference.OtherTopic => $"The registry's one system topic is not {integration.SystemTopic}.",
        AzureDifference.SubscriptionGone => $"The event subscription {AzureNames.EventSubscription} is gone: pushes are found only by the regular look.",
        AzureDifference.OtherEndpoint => $"The event subscription sends its events elsewhere, or with another key: they do not arrive here.",
        AzureDifference.OtherEvents => $"The event subscription does not send pushes and deletions, or more than these.",
        AzureDifference.Filtered => $"The event subscription has a filter of its own: some pushes do not arrive.",
        AzureDifference.SubscriptionInactive => $"The event subscription is not active: Azure waits for its address to be confirmed, or failed at it.",
        AzureDifference.TokenGone => $"The token {integration.TokenName} is gone: the registry can't be read.",
        AzureDifference.TokenDisabled => $"The token {integration.TokenName} is disabled: the registry can't be read.",
        AzureDifference.OtherScopeMap => $"The token {integration.TokenName} has another scope map than {AzureNames.ScopeMap}.",
        _ => $"The scope map {AzureNames.ScopeMap} does not let the token read all repositories. It is Azure's own and can't be changed from here: make a token with a scope map that does, and give it under Replace token.",
    };

    /// <summary>What mends it; null where nothing that the dashboard can do does.</summary>
    public static string? ButtonOf(AzureDifference difference, IStringLocalizer<UiText> texts) => difference switch
    {
        AzureDifference.OtherTopic => texts["Use that topic and deploy again"],
        AzureDifference.TokenGone => texts["Make the token and a password"],
        AzureDifference.TokenDisabled => texts["Enable the token"],
        AzureDifference.OtherScopeMap => texts["Give the token its scope map"],
        AzureDifference.NarrowScopeMap => (string?)null,
        _ => texts["Deploy again"],
    };
}
