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
        return options.Kind switch
        {
            AzureIdentity.Environment => new EnvironmentCredential(Bound(new EnvironmentCredentialOptions())),
            AzureIdentity.Managed => new ManagedIdentityCredential(Bound(new ManagedIdentityCredentialOptions(
                options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned))),
            AzureIdentity.Workload => new WorkloadIdentityCredential(Bound(options.ClientId is { } id ? new WorkloadIdentityCredentialOptions { ClientId = id } : new WorkloadIdentityCredentialOptions())),
            AzureIdentity.Cli => new AzureCliCredential(Bound(new AzureCliCredentialOptions())),
            AzureIdentity.Default => new DefaultAzureCredential(Bound(Everywhere(options.ClientId))),
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

    // A server opens no browser and keeps no caches of programs that people use.
    private static DefaultAzureCredentialOptions Everywhere(string? clientId)
    {
        var options = new DefaultAzureCredentialOptions { ExcludeInteractiveBrowserCredential = true, ExcludeVisualStudioCredential = true, ExcludeVisualStudioCodeCredential = true };
        if (clientId is not null)
        {
            (options.ManagedIdentityClientId, options.WorkloadIdentityClientId) = (clientId, clientId);
        }

        return options;
    }
}
