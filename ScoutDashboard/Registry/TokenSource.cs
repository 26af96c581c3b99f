using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Exchanges name and password, or who an identity is, for bearer tokens, and keeps those in memory until shortly before they end.</summary>
public sealed class TokenSource(RegistryHttp http, HostRules rules, IdentityExchange identities, TimeProvider clock)
{
    private const int MaxTokenBytes = 256 * 1024;
    private const int MaxCached = 10_000;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Until)> _cache = new(StringComparer.Ordinal);

    /// <summary>The token held for this scope, or null.</summary>
    public AuthenticationHeaderValue? Cached(RegistryAccess access, RegistryScope scope) =>
        _cache.TryGetValue(Key(access, scope.Value), out var held) && held.Until > clock.GetUtcNow() ? Bearer(held.Token) : null;

    /// <summary>A new token for this scope.</summary>
    public async Task<AuthenticationHeaderValue> GetAsync(RegistryAccess access, Challenge challenge, RegistryScope scope, CancellationToken cancellationToken)
    {
        var wasRefused = _cache.TryRemove(Key(access, scope.Value), out var held) && held.Until > clock.GetUtcNow();
        if (access.Identity is not null)
        {
            CheckOwn(challenge, access.Hostname);
            return Keep(access, scope.Value, await identities.RedeemAsync(access, scope, wasRefused, cancellationToken));
        }

        try
        {
            return await ExchangeAsync(access, challenge, scope.Value, cancellationToken);
        }
        catch (RegistryException exception) when (exception.Error == RegistryError.Unauthorized)
        {
            // ACR refuses a token whose scope is not granted as it refuses a wrong password: asking for no scope tells them apart.
            await ExchangeAsync(access, challenge, scope: null, cancellationToken);
            throw new RegistryException(scope.Denied, "The token is valid, but does not allow this.", exception);
        }
    }

    /// <summary>Refuses a realm that is not the registry's: the password would go there.</summary>
    public void Check(Challenge challenge, RegistryHostname hostname)
    {
        if (challenge.IsBearer)
        {
            Realm(challenge, hostname);
        }
    }

    /// <summary>Proves name and password, or the identity.</summary>
    /// <returns>What the registry says that an identity may do; empty where it does not tell, and for name and password.</returns>
    public async Task<IReadOnlyList<string>> ProveAsync(RegistryAccess access, Challenge challenge, CancellationToken cancellationToken)
    {
        if (access.Identity is not null)
        {
            CheckOwn(challenge, access.Hostname);
            // They go on to work for what a role allowed that was taken since.
            foreach (var key in _cache.Keys.Where(key => key.StartsWith($"{access.Hostname.Value} ", StringComparison.Ordinal) && key.EndsWith($" by {access.Identity.Name}", StringComparison.Ordinal)))
            {
                _cache.TryRemove(key, out _);
            }

            return await identities.SignInAsync(access, cancellationToken);
        }

        await ExchangeAsync(access, challenge, scope: null, cancellationToken);
        return [];
    }

    /// <summary>Exchanges name and password; a null scope asks for a token that allows nothing.</summary>
    private async Task<AuthenticationHeaderValue> ExchangeAsync(RegistryAccess access, Challenge challenge, string? scope, CancellationToken cancellationToken)
    {
        var realm = Realm(challenge, access.Hostname);
        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query[1..] + "&" : "").Append("service=").Append(Uri.EscapeDataString(challenge.Service ?? access.Hostname.Value));
        if (scope is not null)
        {
            query.Append("&scope=").Append(Uri.EscapeDataString(scope));
        }

        var message = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        message.Headers.Authorization = RegistrySession.Basic(access.Credentials);
        using var response = await http.SendAsync(message, realm.Host, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await ErrorReader.ReadAsync(response, RegistryError.Unauthorized, access, cancellationToken);
        }

        return Keep(access, scope, await BodyReader.ReadAsync(response, MaxTokenBytes, "token", cancellationToken));
    }

    private AuthenticationHeaderValue Keep(RegistryAccess access, string? scope, byte[] answer)
    {
        var (token, lifetime) = Read(answer, clock.GetUtcNow());
        if (scope is not null && _cache.Count < MaxCached)
        {
            _cache[Key(access, scope)] = (token, clock.GetUtcNow() + lifetime - Margin);
        }

        return Bearer(token);
    }

    // Who has an identity's token is that identity: no host that somebody allowed beside the registry gets one.
    private static void CheckOwn(Challenge challenge, RegistryHostname hostname)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) || !HostRules.IsOwn(realm, hostname))
        {
            var where = DisplayText.Sanitise(challenge.Realm, 200);
            throw new RegistryException(RegistryError.UntrustedRealm, $"The registry asks to sign in at {where}, but an identity signs in at the registry's own host only; nothing was sent.");
        }
    }

    private Uri Realm(Challenge challenge, RegistryHostname hostname)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) || !rules.IsTokenService(realm, hostname))
        {
            var where = DisplayText.Sanitise(challenge.Realm, 200);
            throw new RegistryException(RegistryError.UntrustedRealm, $"The registry asks to send the token to {where}, which is neither its own host nor an allowed one; nothing was sent.");
        }

        return realm;
    }

    // {"access_token":"…"} (ACR, no lifetime: read the JWT's exp), {"token":"…","expires_in":300} (Docker)
    private static (string Token, TimeSpan Lifetime) Read(byte[] body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            var token = Text(root, "access_token") ?? Text(root, "token");
            if (token is null || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                throw new RegistryException(RegistryError.BadResponse, "The registry's token service answered without a token.");
            }

            // 60 s is what the specification says where the answer does not.
            var seconds = root.TryGetProperty("expires_in", out var value) && value.TryGetInt32(out var given) ? given : ExpiryOf(token, now) ?? 60;
            return (token, TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryError.BadResponse, "The registry's token service did not answer with JSON.", exception);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static int? ExpiryOf(string token, DateTimeOffset now) => JwtPayload.EndOf(token) is { } end ? (int)Math.Clamp((end - now).TotalSeconds, 0, 3600) : null;

    private static string Key(RegistryAccess access, string scope) => access.Identity is { } identity ? $"{access.Hostname.Value} {scope} by {identity.Name}"
        : $"{access.Hostname.Value} {scope} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{access.Credentials.UserName}\n{access.Credentials.Password}")))}";

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);
}
