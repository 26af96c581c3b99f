using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Core;
using ScoutDashboard.Azure;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Entra ID, as one identity gets its tokens: for the Resource Manager the one that its double knows, for anything else a JWT with that audience.</summary>
internal sealed class EntraDouble(TimeProvider clock) : TokenCredential
{
    public static readonly Guid HomeTenant = new("72f988bf-0000-0000-0000-000000000001");

    public Guid ObjectId { get; } = new("0b1ec700-1234-4000-8000-00000000beef");

    public Guid Tenant { get; init; } = HomeTenant;

    /// <summary>Whether a person is signed in.</summary>
    public bool IsPerson { get; init; }

    /// <summary>Why no token is issued.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>In place of a JWT.</summary>
    public string? Opaque { get; set; }

    /// <summary>All tokens for anything but the Resource Manager.</summary>
    public ConcurrentQueue<string> Issued { get; } = new();

    /// <summary>The clients of a dashboard that has this identity, where Azure itself is not asked.</summary>
    public ArmClients Clients(AzureOptions? options = null) => new(options ?? new AzureOptions { Identity = "managed" }, _ => this, new NoClients(), clock);

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (Trouble is not null)
        {
            throw Trouble;
        }

        var end = clock.GetUtcNow().AddHours(1);
        if (requestContext.Scopes is ["https://management.azure.com/.default"])
        {
            return new AccessToken(ArmDouble.Token, end);
        }

        var claims = new Dictionary<string, object>
        {
            ["aud"] = requestContext.Scopes.Single().Replace("/.default", "", StringComparison.Ordinal), ["tid"] = Tenant, ["oid"] = ObjectId, ["exp"] = end.ToUnixTimeSeconds(), ["uti"] = Guid.NewGuid(),
        };
        if (IsPerson)
        {
            claims["scp"] = "user_impersonation";
        }

        var token = Opaque ?? Jwt(claims);
        Issued.Enqueue(TestSecrets.Know("Entra's token", token));
        return new AccessToken(token, end);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));

    /// <summary>Nobody here verifies a signature.</summary>
    public static string Jwt(object claims) =>
        $"eyJhbGciOiJub25lIn0.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(claims)))}.{Base64Url.EncodeToString(Guid.NewGuid().ToByteArray())}";

    private sealed class NoClients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(new Nobody());
    }

    private sealed class Nobody : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            // As of a cloud that is behind; nothing else is to be asked.
            request.RequestUri!.Query == "?api-version=2025-11-01" ? Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest) { Content = new StringContent("""{"error":{"code":"NoRegisteredProviderFound","message":"No registered resource provider found."}}""") })
            : throw new InvalidOperationException($"Nobody should ask {request.RequestUri.Host}.");
    }
}
