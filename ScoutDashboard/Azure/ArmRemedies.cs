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

    public static string For(ArmError error, string code) => ByCode.TryGetValue(code, out var remedy) ? remedy : error switch
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
