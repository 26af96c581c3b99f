using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Azure;

/// <summary>Makes the credential that the configuration names.</summary>
public static class IdentityCredentials
{
    public static TokenCredential Create(AzureOptions options, ArmEndpoint endpoint, OutboundNetwork network)
    {
        var transport = new HttpClientTransport(new HttpClient(new IdentityHandler(network)));
        // Of a cloud of its own Microsoft's public directory of clouds knows nothing, and need not be told.
        var isApart = options.Authority is not null;
        return options.Kind switch
        {
            AzureIdentity.Environment => new EnvironmentCredential(Bound(new EnvironmentCredentialOptions { DisableInstanceDiscovery = isApart })),
            AzureIdentity.Managed => new ManagedIdentityCredential(Bound(new ManagedIdentityCredentialOptions(
                options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned))),
            AzureIdentity.Workload => new WorkloadIdentityCredential(Bound(Workload(options.ClientId, isApart))),
            AzureIdentity.Cli => new AzureCliCredential(Bound(new AzureCliCredentialOptions())),
            AzureIdentity.Default => new DefaultAzureCredential(Bound(Everywhere(options.ClientId, isApart))),
            _ => throw new InvalidOperationException("Azure:Identity is none."),
        };

        T Bound<T>(T credential)
            where T : TokenCredentialOptions
        {
            (credential.Transport, credential.AuthorityHost) = (transport, endpoint.Login);
            credential.Diagnostics.IsLoggingEnabled = false;
            credential.Diagnostics.IsDistributedTracingEnabled = false;
            credential.Diagnostics.IsTelemetryEnabled = false;
            return credential;
        }
    }

    private static WorkloadIdentityCredentialOptions Workload(string? clientId, bool isApart)
    {
        var options = new WorkloadIdentityCredentialOptions { DisableInstanceDiscovery = isApart };
        if (clientId is not null)
        {
            options.ClientId = clientId;
        }

        return options;
    }

    // A server opens no browser and keeps no caches of programs that people use.
    private static DefaultAzureCredentialOptions Everywhere(string? clientId, bool isApart)
    {
        var options = new DefaultAzureCredentialOptions { DisableInstanceDiscovery = isApart, ExcludeInteractiveBrowserCredential = true, ExcludeVisualStudioCredential = true, ExcludeVisualStudioCodeCredential = true };
        if (clientId is not null)
        {
            (options.ManagedIdentityClientId, options.WorkloadIdentityClientId) = (clientId, clientId);
        }

        return options;
    }
}
