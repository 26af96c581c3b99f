using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>
/// Exchanges an identity's Entra token for a registry's own tokens (Azure/acr, docs/AAD-OAuth.md). All of them go to the registry's own host and nowhere else, in bodies
/// alone; the refresh token is kept in memory until shortly before it ends.
/// </summary>
public sealed class IdentityExchange(RegistryHttp http, TimeProvider clock)
{
    private const int MaxTokenBytes = 256 * 1024;
    private const int MaxCached = 1000;
    private const int MaxActions = 100;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(3);
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(10);

    // What was granted meanwhile stands in a new one only. Many layers are refused at once: they need no exchange each.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <summary>Proves the identity anew, whatever is held.</summary>
    /// <returns>What the registry says that the identity may do, in the registry's own words; empty where it does not tell.</returns>
    public async Task<IReadOnlyList<string>> SignInAsync(RegistryAccess access, CancellationToken cancellationToken) => ActionsOf((await ExchangeAsync(access, cancellationToken)).Token);

    /// <summary>The registry's answer to the wish for an access token: JSON with the token.</summary>
    /// <param name="wasRefused">Whether the registry has just refused one for this scope.</param>
    public async Task<byte[]> RedeemAsync(RegistryAccess access, RegistryScope scope, bool wasRefused, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var kept = _held.TryGetValue(Key(access), out var found) && found.Until > now && !(wasRefused && found.At + Young < now) ? found : null;
        var held = kept ?? await ExchangeAsync(access, cancellationToken);
        var response = await RedeemAsync(access, scope, held, cancellationToken);
        // The registry may have ended it before its time.
        if (kept is not null && response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
        {
            response.Dispose();
            held = await ExchangeAsync(access, cancellationToken);
            response = await RedeemAsync(access, scope, held, cancellationToken);
        }

        using (response)
        {
            return response.IsSuccessStatusCode ? await BodyReader.ReadAsync(response, MaxTokenBytes, "token", cancellationToken)
                : throw await RefuseAsync(response, scope.Denied, access, held.Token, cancellationToken);
        }
    }

    private async Task<Held> ExchangeAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        _held.TryRemove(Key(access), out _);
        var entra = await access.Identity!.GetTokenAsync(cancellationToken);
        using var response = await PostAsync(access, "oauth2/exchange", [new("grant_type", "access_token"), new("service", access.Hostname.Value), new("access_token", entra)], cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefuseAsync(response, RegistryError.Unauthorized, access, entra, cancellationToken);
        }

        var token = Read(await BodyReader.ReadAsync(response, MaxTokenBytes, "token", cancellationToken));
        var now = clock.GetUtcNow();
        var end = JwtPayload.EndOf(token) ?? now + UnknownLife;
        var held = new Held(token, now, (end < now + LongestLife ? end : now + LongestLife) - Margin);
        if (_held.Count < MaxCached)
        {
            _held[Key(access)] = held;
        }

        return held;
    }

    private Task<HttpResponseMessage> RedeemAsync(RegistryAccess access, RegistryScope scope, Held held, CancellationToken cancellationToken) => PostAsync(
        access, "oauth2/token", [new("grant_type", "refresh_token"), new("service", access.Hostname.Value), new("scope", scope.Value), new("refresh_token", held.Token)], cancellationToken);

    private Task<HttpResponseMessage> PostAsync(RegistryAccess access, string path, KeyValuePair<string, string>[] form, CancellationToken cancellationToken) => access.Hostname.IsAzure
        ? http.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(access.Hostname.BaseAddress, path)) { Content = new FormUrlEncodedContent(form) }, access.Hostname.Value, cancellationToken)
        : throw new InvalidOperationException("Only Azure's registries know identities of Entra ID.");

    // RFC 6749 section 5.2 refuses by 400. A registry that repeats what it was sent is not quoted.
    private static async Task<RegistryException> RefuseAsync(HttpResponseMessage response, RegistryError denied, RegistryAccess access, string secret, CancellationToken cancellationToken)
    {
        response.StatusCode = response.StatusCode == HttpStatusCode.BadRequest ? HttpStatusCode.Unauthorized : response.StatusCode;
        var exception = await ErrorReader.ReadAsync(response, denied, access, cancellationToken);
        return exception.Message.Contains(secret[..Math.Min(secret.Length, 12)], StringComparison.Ordinal)
            ? new RegistryException(exception.Error, ErrorReader.Refusal(denied, access)) { RetryAfter = exception.RetryAfter } : exception;
    }

    private static string Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("refresh_token", out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString() is { Length: > 0 } token && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
                ? token : throw new RegistryException(RegistryError.BadResponse, "The registry exchanged the identity's token for none.");
        }
        catch (JsonException exception)
        {
            throw new RegistryException(RegistryError.BadResponse, "The registry did not answer the exchange of the identity's token with JSON.", exception);
        }
    }

    // {"permissions":{"actions":["read"],"notActions":[]}}, in either case.
    private static IReadOnlyList<string> ActionsOf(string token)
    {
        return JwtPayload.TryRead(token) is { } claims && Member(claims, "permissions") is { } permissions && Member(permissions, "actions") is { ValueKind: JsonValueKind.Array } actions
            ? [.. actions.EnumerateArray().Take(MaxActions).Where(action => action.ValueKind == JsonValueKind.String).Select(action => DisplayText.Sanitise(action.GetString(), 80))] : [];

        static JsonElement? Member(JsonElement item, string name) => item.ValueKind != JsonValueKind.Object ? null
            : item.EnumerateObject().Where(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(member => (JsonElement?)member.Value).FirstOrDefault();
    }

    private static string Key(RegistryAccess access) => $"{access.Hostname.Value} {access.Identity!.Name}";

    private sealed record Held(string Token, DateTimeOffset At, DateTimeOffset Until);
}
