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

        var key = Convert.ToHexString(UrlKey.Hash(endpoint.Segments[^1]));
        var ownership = Connected.Contains(key) ? WebhookOwnership.Connected
            : Removed.Contains(key) || (Address is not null && endpoint.AbsoluteUri.StartsWith(Address.AbsoluteUri, StringComparison.OrdinalIgnoreCase)) ? WebhookOwnership.Ours
            : WebhookOwnership.Other;
        return new WebhookOwner(ownership, DisplayText.Sanitise(endpoint.IdnHost, 100));
    }
}

/// <param name="Host">Where the events go.</param>
internal sealed record WebhookOwner(WebhookOwnership Ownership, string Host);

/// <summary>Ours: this dashboard's, but of no integration that is in use.</summary>
internal enum WebhookOwnership { Ours, Connected, Other }
