using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ScoutDashboard.Tests.Support;

/// <summary>A token service shaped like ACR's <c>/oauth2/token</c>: <c>GET</c> with Basic, <c>POST</c> with a password, several scopes, ACR's error bodies, no <c>expires_in</c>. Receives the registry's notifications, too.</summary>
public sealed class TokenService : IAsyncDisposable
{
    public const string Service = "scout-tests";
    public const string Issuer = "scout-tests-issuer";
    public const string ReaderName = "docker-scout-readonly-token";
    public static readonly string ReaderPassword = TestSecrets.New("registry token");
    public const string PusherName = "pusher";
    public static readonly string PusherPassword = TestSecrets.New("pusher's password");

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _app;
    private readonly Channel<RegistryNotification> _notifications = Channel.CreateUnbounded<RegistryNotification>();
    private int _exchanges;

    private TokenService()
    {
        var request = new CertificateRequest("CN=scout tests", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/oauth2/token", (HttpRequest call) => Answer(Basic(call.Headers.Authorization), call.Query["scope"]));
        _app.MapPost("/oauth2/token", async (HttpRequest call) =>
        {
            var form = await call.ReadFormAsync();
            return Answer((form["username"].ToString(), form["password"].ToString()), form["scope"].ToString().Split(' '));
        });
        _app.MapPost("/events", ReceiveAsync);
    }

    public string Host => new Uri(_app.Urls.Single()).Authority;

    public string Realm => $"http://{Host}/oauth2/token";

    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>How often name and password came here.</summary>
    public int Exchanges => Volatile.Read(ref _exchanges);

    /// <summary>Answers the reader as ACR does when the token is disabled.</summary>
    public bool ReaderDisabled { get; set; }

    /// <summary>Whether the reader may list the catalogue; an ACR scope map narrower than <c>*</c> does not allow it.</summary>
    public bool ReaderMayList { get; set; } = true;

    /// <summary>Whether the reader may pull.</summary>
    public bool ReaderMayPull { get; set; } = true;

    /// <summary>Pushes and deletions of manifests, as the registry told of them; unread ones wait.</summary>
    public ChannelReader<RegistryNotification> Notifications => _notifications.Reader;

    public static async Task<TokenService> StartAsync()
    {
        var service = new TokenService();
        await service._app.StartAsync();
        return service;
    }

    /// <summary>A signed token for these scopes (<c>type:name:action,action</c>), cut to what the user may do.</summary>
    public string Issue(string user, IEnumerable<string> scopes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = new { typ = "JWT", alg = "RS256", x5c = new[] { Convert.ToBase64String(_certificate.RawData) } };
        var claims = new { iss = Issuer, aud = Service, sub = user, jti = Guid.NewGuid().ToString("n"), nbf = now - 60, iat = now, exp = now + 4500, access = scopes.Select(scope => Grant(user, scope)) };
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return TestSecrets.Know("access token", $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private IResult Answer((string User, string Password) credentials, IEnumerable<string?> scopes)
    {
        Interlocked.Increment(ref _exchanges);
        return credentials switch
        {
            _ when credentials == (ReaderName, ReaderPassword) && ReaderDisabled => Refuse("the token is disabled or its password has expired"),
            _ when credentials == (ReaderName, ReaderPassword) || credentials == (PusherName, PusherPassword) =>
                Results.Json(new { access_token = Issue(credentials.User, scopes.OfType<string>().SelectMany(scope => scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))) }),
            _ => Refuse("authentication required, visit https://aka.ms/acr/authorization for more information."),
        };
    }

    private static IResult Refuse(string message) => Results.Json(new { errors = new[] { new { code = "UNAUTHORIZED", message } } }, statusCode: 401);

    private object Grant(string user, string scope)
    {
        var (first, last) = (scope.IndexOf(':', StringComparison.Ordinal), scope.LastIndexOf(':'));
        var (type, name) = (scope[..first], scope[(first + 1)..last]);
        return new { type, name, actions = scope[(last + 1)..].Split(',').Where(action => user == PusherName || ReaderMay(type, action)) };
    }

    private bool ReaderMay(string type, string action) => type == "registry" ? ReaderMayList : action == "metadata_read" || (action == "pull" && ReaderMayPull);

    private static (string User, string Password) Basic(string? header)
    {
        if (header?.StartsWith("Basic ", StringComparison.Ordinal) != true)
        {
            return default;
        }

        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':', 2);
        return (parts[0], parts[^1]);
    }

    // application/vnd.docker.distribution.events.v1+json: {"events":[{"action":"push","target":{…}}]}
    private async Task ReceiveAsync(HttpRequest call)
    {
        using var body = await JsonDocument.ParseAsync(call.Body);
        foreach (var item in body.RootElement.GetProperty("events").EnumerateArray())
        {
            var target = item.GetProperty("target");
            await _notifications.Writer.WriteAsync(new RegistryNotification(item.GetProperty("action").GetString()!, target.GetProperty("repository").GetString()!,
                target.TryGetProperty("tag", out var tag) ? tag.GetString() : null, target.GetProperty("digest").GetString()!, item.Clone()));
        }
    }
}

/// <summary>What a registry told of a manifest; <c>Event</c> is the whole, which ACR's <c>data</c> is made of.</summary>
public sealed record RegistryNotification(string Action, string Repository, string? Tag, string Digest, JsonElement Event);
