using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Sends requests with the sign-in that the registry asks for, and turns every other answer than success into a <see cref="RegistryException"/>.</summary>
public sealed class RegistrySession(RegistryHttp http, TokenSource tokens)
{
    /// <summary>Asks <c>GET /v2/</c> without credentials; a registry answers 200, or 401 with a challenge.</summary>
    public async Task CheckEndpointAsync(RegistryHostname hostname, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(hostname.BaseAddress, "v2/")), hostname.Value, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            tokens.Check(Challenge.Of(response) ?? throw NotARegistry(hostname), hostname);
        }
        else if ((int)response.StatusCode == 429 || (int)response.StatusCode >= 500)
        {
            throw await ErrorReader.ReadAsync(response, RegistryError.ServerError, null, cancellationToken);
        }
        else if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw NotARegistry(hostname);
        }
    }

    /// <summary>Proves name and password, or the identity.</summary>
    /// <returns>What the registry says that an identity may do; empty where it does not tell.</returns>
    public async Task<IReadOnlyList<string>> CheckTokenAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        var address = new Uri(access.Hostname.BaseAddress, "v2/");
        using var first = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), access.Hostname.Value, cancellationToken);
        if (first.StatusCode != HttpStatusCode.Unauthorized)
        {
            return [];
        }

        var challenge = Challenge.Of(first) ?? throw NotARegistry(access.Hostname);
        if (challenge.IsBearer)
        {
            return await tokens.ProveAsync(access, challenge, cancellationToken);
        }

        using var second = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = Basic(access.Credentials) } }, access.Hostname.Value, cancellationToken);
        if (!second.IsSuccessStatusCode)
        {
            throw await ErrorReader.ReadAsync(second, RegistryError.Unauthorized, access, cancellationToken);
        }

        return [];
    }

    /// <summary>The answer, with success status; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryAccess access, RegistryRequest request, CancellationToken cancellationToken) =>
        await SendAsync(access, request, isExpected: _ => false, cancellationToken);

    /// <summary>As above, where some answers without success (redirects of blobs) are expected, too.</summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryAccess access, RegistryRequest request, Predicate<HttpResponseMessage> isExpected, CancellationToken cancellationToken)
    {
        var authorization = tokens.Cached(access, request.Scope);
        var response = await SendOnceAsync(access, request, authorization, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && Challenge.Of(response) is { } challenge)
        {
            response.Dispose();
            // A token may have been revoked since it was cached: it is asked for anew, once.
            authorization = challenge.IsBearer ? await tokens.GetAsync(access, challenge, request.Scope, cancellationToken) : Basic(access.Credentials);
            response = await SendOnceAsync(access, request, authorization, cancellationToken);
        }

        if (response.IsSuccessStatusCode || isExpected(response))
        {
            return response;
        }

        using (response)
        {
            // With a token in hand, a refusal concerns the right; with a bare password it may be the password.
            throw await ErrorReader.ReadAsync(response, authorization?.Scheme == "Basic" ? RegistryError.Unauthorized : request.Scope.Denied, access, cancellationToken);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(RegistryAccess access, RegistryRequest request, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(access.Hostname.BaseAddress, request.Path));
        foreach (var type in request.Accept)
        {
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        message.Headers.Authorization = authorization;
        return http.SendAsync(message, access.Hostname.Value, cancellationToken);
    }

    /// <summary>Null for nobody's credentials.</summary>
    internal static AuthenticationHeaderValue? Basic(RegistryCredentials credentials) => credentials == RegistryCredentials.None ? null
        : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.UserName}:{credentials.Password}")));

    private static RegistryException NotARegistry(RegistryHostname hostname) =>
        new(RegistryError.NotARegistry, $"{hostname.Value} answers, but not as a container registry does.");
}
