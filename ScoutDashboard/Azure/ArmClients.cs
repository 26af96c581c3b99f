using System.Collections.Concurrent;
using Azure.Core;
using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>The clients of one identity, the dashboard's own or a person's: one for each cloud that is asked for.</summary>
public sealed class ArmClients(AzureOptions options, Func<ArmEndpoint, TokenCredential> credentials, IHttpClientFactory clients, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ArmClient> _byCloud = new();

    /// <summary>Where each cloud's Resource Manager is.</summary>
    public Func<AzureCloud, ArmEndpoint> Endpoint { get; init; } = options.EndpointOf;

    /// <summary>Whether there is an identity. Without one nothing may be asked for.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>Whether it is a person who lets the dashboard act with their rights.</summary>
    public bool IsPersons { get; private init; }

    /// <summary>Whether persons may do so, which is asked for only where there is no identity.</summary>
    public bool AllowsConsent => options.UserConsent && !options.IsOn;

    /// <summary>Whether an issuer is the one that asks them.</summary>
    public bool IsConsentIssuer(string issuer) => options.IsConsentIssuer(issuer);

    /// <summary>Those of a person: of the cloud whose Entra ID they signed in at, so that no other gets their token. No registry is signed in to by them.</summary>
    public ArmClients OfPerson(TokenCredential credential) => new(options.OfPersons(), _ => credential, clients, clock) { Endpoint = Endpoint, IsPersons = true };

    /// <summary>Whether the identity may show itself to a registry: one of Azure, in the identity's own cloud.</summary>
    public bool IsOf(RegistryHostname registry) => IsOn && registry.Cloud is { } cloud && options.CloudOf(registry) == cloud;

    /// <summary>The client of the cloud that is configured, else of the registry's, else of the public one.</summary>
    public ArmClient For(RegistryHostname? registry) => _byCloud.GetOrAdd(options.CloudOf(registry).Name, (_, cloud) => Create(Endpoint(cloud)), options.CloudOf(registry));

    private ArmClient Create(ArmEndpoint endpoint) => new(endpoint, credentials(endpoint), clients.CreateClient(ArmHttp.ClientName), clock, IsPersons);
}
