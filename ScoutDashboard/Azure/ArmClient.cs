using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>The Resource Manager of one cloud, as one identity sees it.</summary>
public sealed class ArmClient
{
    public ArmClient(ArmEndpoint endpoint, TokenCredential credential, HttpClient client, TimeProvider clock)
    {
        var http = new ArmHttp(endpoint, credential, client, clock);
        var (pages, poller) = (new ArmPages(http), new ArmPoller(http));
        Subscriptions = new ArmSubscriptions(http, pages);
        Registries = new ArmRegistries(http, pages);
        Tokens = new ArmTokens(http, poller);
        Events = new ArmEvents(http, pages, poller);
        Deployments = new ArmDeployments(http, pages, poller);
        Identity = new IdentityTokens(credential, endpoint, clock);
    }

    public ArmSubscriptions Subscriptions { get; }

    public ArmRegistries Registries { get; }

    public ArmTokens Tokens { get; }

    public ArmEvents Events { get; }

    public ArmDeployments Deployments { get; }

    /// <summary>The same identity at registries themselves.</summary>
    public IdentityTokens Identity { get; }
}
