using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>The Resource Manager of one cloud, as one identity sees it.</summary>
public sealed class ArmClient
{
    /// <param name="isPersons">Whether the credential is a person's consent, not the dashboard's identity.</param>
    public ArmClient(ArmEndpoint endpoint, TokenCredential credential, HttpClient client, TimeProvider clock, bool isPersons = false)
    {
        var http = new ArmHttp(endpoint, credential, client, clock) { IsPersons = isPersons };
        var (pages, poller) = (new ArmPages(http), new ArmPoller(http));
        Subscriptions = new ArmSubscriptions(http, pages);
        Registries = new ArmRegistries(http, pages);
        Tokens = new ArmTokens(http, poller);
        Events = new ArmEvents(http, pages, poller);
        Deployments = new ArmDeployments(http, pages, poller);
        IsPersons = isPersons;
        Identity = new IdentityTokens(credential, endpoint, clock);
    }

    /// <summary>Whether it asks with a person's own rights.</summary>
    public bool IsPersons { get; }

    public ArmSubscriptions Subscriptions { get; }

    public ArmRegistries Registries { get; }

    public ArmTokens Tokens { get; }

    public ArmEvents Events { get; }

    public ArmDeployments Deployments { get; }

    /// <summary>The same identity at registries themselves.</summary>
    public IdentityTokens Identity { get; }
}
