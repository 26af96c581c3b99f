using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

/// <summary>Azure Key Vault over https with one RSA key named <c>scout</c>: wraps and unwraps by any of its versions for whoever brings the token that it knows, and refuses what the vault refuses.</summary>
internal sealed class VaultDouble : IAsyncDisposable
{
    public static readonly string Token = TestSecrets.New("vault token");
    private readonly ConcurrentDictionary<string, RSA> _versions = new();
    private HttpsServer _server = null!;
    private string _newest = "";

    /// <summary>As it is named in settings, without a version.</summary>
    public string Key => $"{_server.Address}keys/scout";

    /// <summary>Operations that are refused with 403, of any version or, behind it, of one.</summary>
    public HashSet<string> Forbidden { get; } = [];

    /// <summary>How many of the next requests are answered 503.</summary>
    public int Faults { get; set; }

    /// <summary>Versions by which a secret was opened.</summary>
    public ConcurrentQueue<string> Opened { get; } = new();

    public int Asked { get; private set; }

    public HttpMessageHandler Trusting() => _server.Trusting();

    public static async Task<VaultDouble> StartAsync()
    {
        var vault = new VaultDouble();
        vault.Turn();
        vault._server = await HttpsServer.StartAsync(vault.AnswerAsync);
        return vault;
    }

    /// <summary>Makes a new version of the key.</summary>
    public void Turn()
    {
        _newest = $"{_versions.Count + 1:d32}";
        _versions[_newest] = RSA.Create(2048);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var key in _versions.Values)
        {
            key.Dispose();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Asked++;
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (Faults-- > 0)
        {
            await RefuseAsync(context, 503, "ServiceUnavailable");
        }
        else if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await RefuseAsync(context, 401, "Unauthorized");
        }
        else if (path is not ["keys", "scout", .. var rest] || context.Request.Method != "POST" || context.Request.QueryString.Value != "?api-version=7.4" || rest is not ([_] or [_, _]))
        {
            await RefuseAsync(context, 404, "KeyNotFound");
        }
        else if (Forbidden.Contains(rest[^1]) || Forbidden.Contains(string.Join('/', rest)))
        {
            await RefuseAsync(context, 403, "Forbidden");
        }
        else
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var version = rest.Length == 2 ? rest[0] : _newest;
            var value = Base64Url.DecodeFromChars(body.RootElement.GetProperty("value").GetString());
            Assert.Equal(KeyVaults.Algorithm, body.RootElement.GetProperty("alg").GetString());
            await context.Response.WriteAsJsonAsync(new { kid = $"{_server.Address}keys/scout/{version}", value = Base64Url.EncodeToString(Do(rest[^1], version, value)) });
        }
    }

    private byte[] Do(string operation, string version, byte[] value)
    {
        if (operation == "wrapkey")
        {
            return _versions[version].Encrypt(value, RSAEncryptionPadding.OaepSHA256);
        }

        Assert.Equal("unwrapkey", operation);
        Opened.Enqueue(version);
        return _versions[version].Decrypt(value, RSAEncryptionPadding.OaepSHA256);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { code, message = "Caller is not authorized to perform action on resource." } });
    }
}
