namespace ScoutDashboard.Azure;

/// <summary>What a person can do about each way in which Azure refuses.</summary>
public static class ArmRemedies
{
    // Codes as Azure documents them (learn: common-deployment-errors; Event Grid's troubleshooting).
    private static readonly Dictionary<string, string> ByCode = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MissingSubscriptionRegistration"] = "Register the provider that the message names: az provider register --namespace Microsoft.EventGrid.",
        ["SubscriptionNotRegistered"] = "Register the provider that the message names: az provider register --namespace Microsoft.EventGrid.",
        ["SubscriptionNotFound"] = "Give the dashboard's identity a role in this subscription, and check Azure:Cloud.",
        ["DeploymentActive"] = "A deployment of this name is running. Wait until it has ended, then try again.",
        ["ScopeLocked"] = "A lock on the resource or its group forbids the change: take it off, or let somebody who may.",
        ["RequestDisallowedByPolicy"] = "A policy of your organization forbids it: ask whoever keeps Azure Policy.",
        ["InvalidAuthenticationTokenTenant"] = "The identity belongs to another tenant than the subscription: use one of the subscription's own.",
    };

    // Who acts with their own rights has nothing to give to an identity.
    private static readonly Dictionary<string, string> OfPersonsByCode = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SubscriptionNotFound"] = "Have a role in this subscription given to you, and check that the dashboard's issuer of single sign-on is of its cloud.",
        ["InvalidAuthenticationTokenTenant"] = "The subscription belongs to another tenant than the one where you signed in: somebody of its own has to do this.",
    };

    private static readonly Dictionary<ArmError, string> OfPersons = new()
    {
        [ArmError.NoIdentity] = "Let the dashboard act in Azure as you again, on this page; what was begun in Azure goes on there.",
        [ArmError.Unauthorized] = "Stop acting as yourself on this page and consent again.",
        [ArmError.Forbidden] = "Have the role that the README lists given to you, on the registry's resource group, or let somebody do it who has it.",
    };

    /// <param name="isPersons">Whether it was asked for with a person's own rights.</param>
    public static string For(ArmError error, string code, bool isPersons = false) =>
        isPersons && OfPersonsByCode.TryGetValue(code, out var theirs) ? theirs
        : ByCode.TryGetValue(code, out var known) ? known
        : isPersons && OfPersons.TryGetValue(error, out var own) ? own : For(error);

    private static string For(ArmError error) => error switch
    {
        ArmError.NoIdentity => "Check Azure:Identity and what it needs: a managed identity assigned to this machine, the AZURE_… variables, or “az login”.",
        ArmError.Unauthorized => "Check that the identity exists in the subscription's tenant, and that Azure:Cloud is the right cloud.",
        ArmError.Forbidden => "Give the dashboard's identity the role that the README lists, on the registry's resource group. A new assignment can take ten minutes to work.",
        ArmError.NotFound => "It was deleted or moved meanwhile. Look at the resource group in the Azure portal.",
        ArmError.Conflict => "Something else is changing it. Wait a minute, then try again.",
        ArmError.Throttled => "Azure limits requests at the moment. Wait a few minutes, then try again.",
        ArmError.OperationFailed => "Mend what the message names, then try again: what was done stays and is not done twice.",
        ArmError.StillRunning => "Azure is still at it. Look again in some minutes.",
        ArmError.ServerError => "The fault is on Azure's side. Try again later, and look at Azure's status page.",
        ArmError.Unreachable => "Check that this server reaches Azure over https, directly or by the proxy that HTTPS_PROXY names.",
        ArmError.UntrustedAddress => "Where Azure is behind a private link, the administrator can add its network to Outbound:AllowedNetworks.",
        ArmError.UntrustedLink or ArmError.TooLarge or ArmError.BadResponse => "Try again. If it stays so, a proxy between this server and Azure may change the answers.",
        _ => "Mend what the message names, then try again.",
    };
}
