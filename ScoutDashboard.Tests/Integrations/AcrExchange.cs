using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>
/// How contoso lets identities of Entra ID in: <c>POST /oauth2/exchange</c> and <c>/oauth2/token</c> as Azure/acr's docs/AAD-OAuth.md has them. It refuses what the real one
/// refuses, and grants of what is asked only what the roles allow.
/// </summary>
internal sealed class AcrExchange(TimeProvider clock)
{
    private const string Service = "contoso.azurecr.io";
    private const string Denied = "authentication required, visit https://aka.ms/acr/authorization for more information.";

    // What each role lets do, as registries name it. The second group counts only, and the first not, where the registry has permissions of each repository.
    private static readonly Dictionary<string, (bool IsOfRepositories, string[] Actions, string[] Grants)> Known = new()
    {
        ["AcrPull"] = (false, ["read"], ["pull", "metadata_read", "catalog"]),
        ["AcrPush"] = (false, ["read", "write"], ["pull", "push", "metadata_read", "metadata_write", "catalog"]),
        ["Contributor"] = (false, ["read", "write", "delete", "metadata/read", "metadata/write"], ["pull", "push", "delete", "metadata_read", "metadata_write", "catalog"]),
        ["Container Registry Repository Reader"] = (true, ["read"], ["pull", "metadata_read"]),
        ["Container Registry Repository Catalog Lister"] = (true, ["read"], ["catalog"]),
    };

    private readonly ConcurrentDictionary<string, (DateTimeOffset End, HashSet<string> Grants)> _refreshing = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset End, HashSet<string> Scopes)> _accessing = new();

    /// <summary>The identity's roles at the registry.</summary>
    public HashSet<string> Roles { get; } = ["AcrPull"];

    /// <summary>Whether the registry has permissions of each repository.</summary>
    public bool IsAbac { get; set; }

    /// <summary>The registry's policy azureADAuthenticationAsArmPolicy.</summary>
    public bool TakesArmTokens { get; set; } = true;

    /// <summary>How long refresh tokens work, and what they tell of that.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(3);

    /// <summary>In place of a whole answer of the exchange.</summary>
    public Func<HttpResponseMessage>? Trouble { get; set; }

    /// <summary>Scopes that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public int Exchanges { get; private set; }

    public ICollection<string> RefreshTokens => _refreshing.Keys;

    public ICollection<string> AccessTokens => _accessing.Keys;

    /// <summary>Ends all refresh tokens before their time.</summary>
    public void Revoke()
    {
        foreach (var token in _refreshing.Keys)
        {
            _refreshing[token] = (DateTimeOffset.MinValue, []);
        }
    }

    /// <summary>Ends all access tokens before their time.</summary>
    public void RevokeAccess()
    {
        foreach (var token in _accessing.Keys)
        {
            _accessing[token] = (DateTimeOffset.MinValue, []);
        }
    }

    public bool Issued(string accessToken) => _accessing.ContainsKey(accessToken);

    /// <summary>Whether a call may be made with an access token of its own.</summary>
    public bool Allows(string accessToken, string path)
    {
        var needed = path.EndsWith("/_catalog", StringComparison.Ordinal) ? "registry:catalog:*"
            : path.StartsWith("/acr/v1/", StringComparison.Ordinal) ? $"repository:{path["/acr/v1/".Length..path.LastIndexOf('/')]}:metadata_read"
            : $"repository:{path["/v2/".Length..path.LastIndexOf('/', path.LastIndexOf('/') - 1)]}:pull";
        return _accessing.TryGetValue(accessToken, out var token) && token.End > clock.GetUtcNow() && token.Scopes.Contains(needed);
    }

    public HttpResponseMessage Exchange(HttpMethod method, IReadOnlyDictionary<string, string> form)
    {
        Exchanges++;
        if (method != HttpMethod.Post)
        {
            return AcrDouble.Error(HttpStatusCode.NotFound, "404 page not found");
        }

        if (Trouble is not null)
        {
            return Trouble();
        }

        if (form.GetValueOrDefault("grant_type") != "access_token" || form.GetValueOrDefault("service") != Service)
        {
            return AcrDouble.Error(HttpStatusCode.BadRequest, "invalid grant type or service");
        }

        var claims = JwtPayload.TryRead(form.GetValueOrDefault("access_token") ?? "");
        var audience = claims?.TryGetProperty("aud", out var aud) == true ? aud.GetString() : null;
        var isKnown = audience == "https://containerregistry.azure.net" || (TakesArmTokens && audience == "https://management.azure.com");
        if (!isKnown || claims!.Value.GetProperty("tid").GetGuid() != EntraDouble.HomeTenant || claims.Value.GetProperty("exp").GetInt64() < clock.GetUtcNow().ToUnixTimeSeconds())
        {
            return AcrDouble.Error(HttpStatusCode.Unauthorized, "token validation failed");
        }

        var roles = Known.Where(role => Roles.Contains(role.Key) && role.Value.IsOfRepositories == IsAbac).Select(role => role.Value).ToList();
        if (roles.Count == 0)
        {
            return AcrDouble.Error(HttpStatusCode.Unauthorized, Denied);
        }

        var end = clock.GetUtcNow() + Life;
        var token = TestSecrets.Know("refresh token", EntraDouble.Jwt(new { jti = Guid.NewGuid(), iss = "Azure Container Registry", aud = Service, exp = end.ToUnixTimeSeconds(), grant_type = "refresh_token", permissions = new { Actions = roles.SelectMany(role => role.Actions).Distinct(), NotActions = (string[]?)null } }));
        _refreshing[token] = (end, [.. roles.SelectMany(role => role.Grants)]);
        return AcrDouble.Json(JsonSerializer.Serialize(new { refresh_token = token }));
    }

    public HttpResponseMessage Redeem(IReadOnlyDictionary<string, string> form)
    {
        var scope = form.GetValueOrDefault("scope") ?? "";
        Asked.Enqueue(scope);
        if (form.GetValueOrDefault("grant_type") != "refresh_token" || form.GetValueOrDefault("service") != Service)
        {
            return AcrDouble.Error(HttpStatusCode.BadRequest, "invalid grant type or service");
        }

        if (!_refreshing.TryGetValue(form.GetValueOrDefault("refresh_token") ?? "", out var refresh) || refresh.End <= clock.GetUtcNow())
        {
            return AcrDouble.Error(HttpStatusCode.Unauthorized, Denied);
        }

        // What is not allowed is left out: the token is then good for less than was asked.
        var colon = scope.LastIndexOf(':');
        var granted = scope == "registry:catalog:*" ? (refresh.Grants.Contains("catalog") ? [scope] : Array.Empty<string>())
            : [.. scope[(colon + 1)..].Split(',').Where(refresh.Grants.Contains).Select(action => $"{scope[..colon]}:{action}")];
        var end = clock.GetUtcNow().AddMinutes(75);
        var token = TestSecrets.Know("access token", EntraDouble.Jwt(new { jti = Guid.NewGuid(), iss = "Azure Container Registry", aud = Service, exp = end.ToUnixTimeSeconds(), grant_type = "access_token" }));
        _accessing[token] = (end, [.. granted]);
        return AcrDouble.Json(JsonSerializer.Serialize(new { access_token = token }));
    }
}
