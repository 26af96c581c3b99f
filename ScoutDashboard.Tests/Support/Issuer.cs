using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ScoutDashboard.Tests.Support;

/// <summary>
/// An issuer of OpenID Connect on this machine: discovery, keys, authorization code with PKCE (RFC 7636), tokens signed with RS256. It signs in whoever
/// <see cref="Person"/> says, without asking, and refuses what a real one refuses.
/// </summary>
public sealed class Issuer : IAsyncDisposable
{
    public const string ClientId = "scout";
    public static readonly string ClientSecret = TestSecrets.New("client secret");

    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "first" };
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string Redirect, string Scope)> _codes = new();
    private readonly WebApplication _app;

    private Issuer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>Claims of the one who is signed in next.</summary>
    public Dictionary<string, object> Person { get; set; } = new() { ["sub"] = "1", ["preferred_username"] = "grace@contoso.example", ["roles"] = new[] { "scout-editors" } };

    /// <summary>Makes a false token of a true one, e.g. with another key.</summary>
    public Action<SecurityTokenDescriptor>? Falsify { get; set; }

    /// <summary>What it calls itself where that is not its address: then its documents, keys and tokens are said to be there, too, and only browsers come to its own.</summary>
    public string? As { get; set; }

    /// <summary>Why it gives no code to who asks for more than a sign-in, as OAuth says it; null where it does.</summary>
    public string? Refusal { get; set; }

    /// <summary>Makes a false token for a resource of a true one.</summary>
    public Action<SecurityTokenDescriptor>? FalsifyAccess { get; set; }

    /// <summary>How long tokens for a resource last, in seconds.</summary>
    public int Lifetime { get; set; } = 4000;

    /// <summary>Tokens that it gave for a resource.</summary>
    public ConcurrentQueue<string> Given { get; } = new();

    /// <summary>Queries with which browsers came to sign in or to consent.</summary>
    public ConcurrentQueue<IQueryCollection> Asked { get; } = new();

    /// <summary>Whether it tells how to sign out.</summary>
    public bool EndsSessions { get; set; } = true;

    /// <summary>Queries with which browsers came to sign out.</summary>
    public ConcurrentQueue<IQueryCollection> Left { get; } = new();

    /// <summary>Bodies that the token endpoint was sent.</summary>
    public ConcurrentQueue<IFormCollection> Redeemed { get; } = new();

    public static async Task<Issuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new Issuer(builder.Build());
        issuer._app.MapGet("/.well-known/openid-configuration", issuer.Describe);
        issuer._app.MapGet("/keys", () => Results.Json(new { keys = new[] { issuer.PublicKey() } }));
        issuer._app.MapGet("/authorize", issuer.Authorize);
        issuer._app.MapPost("/token", issuer.RedeemAsync);
        issuer._app.MapGet("/leave", issuer.Leave);
        await issuer._app.StartAsync();
        return issuer;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Describe() => Results.Json(new
    {
        issuer = As ?? Address, authorization_endpoint = $"{Address}/authorize", token_endpoint = $"{As ?? Address}/token", end_session_endpoint = EndsSessions ? $"{Address}/leave" : null, jwks_uri = $"{As ?? Address}/keys",
        response_types_supported = new[] { "code" }, subject_types_supported = new[] { "public" }, id_token_signing_alg_values_supported = new[] { "RS256" },
    });

    private object PublicKey()
    {
        var numbers = _key.Rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = _key.KeyId, alg = "RS256", n = Base64Url.EncodeToString(numbers.Modulus), e = Base64Url.EncodeToString(numbers.Exponent) };
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        Asked.Enqueue(query);
        if (Refusal is { } refusal && IsForResource(query["scope"].ToString()))
        {
            return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["error"] = refusal, ["error_description"] = "text-of-the-issuer", ["state"] = query["state"] }));
        }

        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || query["code_challenge"].Count != 1 || !query["scope"].ToString().Contains("openid", StringComparison.Ordinal))
        {
            return Results.BadRequest("invalid_request");
        }

        var code = TestSecrets.Know("authorization code", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        _codes[code] = (query["code_challenge"]!, query["nonce"]!, query["redirect_uri"]!, query["scope"]!);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    // OpenID Connect RP-Initiated Logout 1.0: without a token's hint, the client's id says whose address it is.
    private IResult Leave(HttpRequest request)
    {
        Left.Enqueue(request.Query);
        return request.Query["client_id"] != ClientId || request.Query["id_token_hint"].Count > 0 ? Results.BadRequest("invalid_request")
            : Results.Redirect(QueryHelpers.AddQueryString(request.Query["post_logout_redirect_uri"]!, "state", request.Query["state"]!));
    }

    private async Task<IResult> RedeemAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        Redeemed.Enqueue(form);
        // Each code once.
        if (!_codes.TryRemove(form["code"].ToString(), out var known) || form["client_secret"] != ClientSecret || form["redirect_uri"] != known.Redirect
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != known.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
        }

        var token = new SecurityTokenDescriptor
        {
            Issuer = As ?? Address, Audience = ClientId, IssuedAt = DateTime.UtcNow, NotBefore = DateTime.UtcNow.AddMinutes(-1), Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object>(Person) { ["nonce"] = known.Nonce }, SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        };
        Falsify?.Invoke(token);
        return Results.Json(new { access_token = IsForResource(known.Scope) ? ForResource() : "not used", token_type = "Bearer", expires_in = IsForResource(known.Scope) ? Lifetime : 300, id_token = new JsonWebTokenHandler().CreateToken(token) });
    }

    private string ForResource()
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = As ?? Address, Audience = "https://management.azure.com", IssuedAt = DateTime.UtcNow, NotBefore = DateTime.UtcNow.AddMinutes(-1), Expires = DateTime.UtcNow.AddSeconds(Math.Max(Lifetime, 1)),
            Claims = new Dictionary<string, object>(Person.Where(claim => claim.Key is "oid" or "tid")) { ["scp"] = "user_impersonation", ["uti"] = Guid.NewGuid().ToString() },
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        };
        FalsifyAccess?.Invoke(token);
        var text = new JsonWebTokenHandler().CreateToken(token);
        Given.Enqueue(TestSecrets.Know("person's token", text));
        return text;
    }

    private static bool IsForResource(string scope) => scope.Contains("user_impersonation", StringComparison.Ordinal);
}
