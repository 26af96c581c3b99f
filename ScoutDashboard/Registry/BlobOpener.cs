using System.Net;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Registry;

/// <summary>Opens blobs, following the registry's redirect to its storage by hand: without credentials, and only to hosts where such blobs lie.</summary>
public sealed class BlobOpener(RegistrySession session, RegistryHttp http, HostRules rules, TimeProvider clock)
{
    private const int MaxRedirects = 3;

    /// <summary>A layer that its registry may not distribute, from Microsoft's own registry, where its manifest says it lies.</summary>
    public async Task<Stream> OpenWindowsAsync(Uri location, CancellationToken cancellationToken)
    {
        if (!HostRules.IsWindowsStore(location))
        {
            throw new RegistryException(RegistryError.UntrustedRedirect, $"The image says that a layer lies at {DisplayText.Sanitise(location.Host, 253)}; layers are taken from Microsoft's registry only.");
        }

        var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, location), location.Host, cancellationToken);
        return await FollowAsync(response, location, HostRules.IsWindowsStore, cancellationToken);
    }

    public async Task<Stream> OpenAsync(RegistryAccess access, string repository, Digest digest, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, $"v2/{RepositoryPath.Of(repository)}/blobs/{digest.Value}", RegistryScope.Pull(repository), ["*/*"]);
        var response = await session.SendAsync(access, request, IsRedirect, cancellationToken);
        return await FollowAsync(response, new Uri(access.Hostname.BaseAddress, request.Path), target => rules.IsBlobStore(target, access.Hostname), cancellationToken);
    }

    private async Task<Stream> FollowAsync(HttpResponseMessage response, Uri from, Func<Uri, bool> isTrusted, CancellationToken cancellationToken)
    {
        for (var hops = 0; IsRedirect(response); hops++)
        {
            using var redirect = response;
            var target = redirect.Headers.Location is { } location && Uri.TryCreate(from, location.OriginalString, out var resolved) ? resolved : null;
            if (target is null || hops >= MaxRedirects || !isTrusted(target))
            {
                throw new RegistryException(RegistryError.UntrustedRedirect, target is null || hops >= MaxRedirects
                    ? "The registry's redirect leads nowhere."
                    : $"The registry sends blobs to {DisplayText.Sanitise(target.Host, 253)}, which is not known to hold them; it was not followed.");
            }

            response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, target), target.Host, cancellationToken);
            from = target;
        }

        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw await ErrorReader.ReadAsync(response, RegistryError.PullDenied, null, cancellationToken);
            }
        }

        return new BlobStream(response, await response.Content.ReadAsStreamAsync(cancellationToken), new SendingPace(clock), clock);
    }

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
