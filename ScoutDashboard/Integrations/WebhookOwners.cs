using ScoutDashboard.Azure;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>Tells whose an event subscription is, by the key in its address or by the address.</summary>
/// <param name="Connected">Hashes in hex of the webhook keys of integrations that are in use.</param>
/// <param name="Removed">Those of removed ones.</param>
/// <param name="Address">This dashboard's own; null where none is configured.</param>
internal sealed record WebhookOwners(IReadOnlySet<string> Connected, IReadOnlySet<string> Removed, Uri? Address)
{
    public WebhookOwner Of(EventSubscription subscription)
    {
        if (!Uri.TryCreate(subscription.Endpoint, UriKind.Absolute, out var endpoint))
        {
            return new WebhookOwner(WebhookOwnership.Other, DisplayText.Sanitise(subscription.EndpointType, 60) is { Length: > 0 } type ? type : "?");
        }

        var key = KeyOf(endpoint);
        var ownership = Connected.Contains(key) ? WebhookOwnership.Connected
            : Removed.Contains(key) || (Address is not null && endpoint.AbsoluteUri.StartsWith(Address.AbsoluteUri, StringComparison.OrdinalIgnoreCase)) ? WebhookOwnership.Ours
            : WebhookOwnership.Other;
        return new WebhookOwner(ownership, DisplayText.Sanitise(endpoint.IdnHost, 100));
    }

    /// <summary>Hash in hex of what would be the key in a subscription's address; null where it has no address.</summary>
    public static string? KeyOf(EventSubscription subscription) => Uri.TryCreate(subscription.Endpoint, UriKind.Absolute, out var endpoint) ? KeyOf(endpoint) : null;

    private static string KeyOf(Uri endpoint) => Convert.ToHexString(UrlKey.Hash(endpoint.Segments[^1]));
}

/// <param name="Host">Where the events go.</param>
internal sealed record WebhookOwner(WebhookOwnership Ownership, string Host);

/// <summary>Ours: this dashboard's, but of no integration that is in use.</summary>
internal enum WebhookOwnership { Ours, Connected, Other }
