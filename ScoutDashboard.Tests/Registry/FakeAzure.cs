using System.Net;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary><c>contoso.azurecr.io</c> as AZURE.md describes it: challenge, token, and what the test puts behind them by path.</summary>
internal sealed class FakeAzure
{
    public const string Challenge = """Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io",scope="x" """;
    public static readonly string Password = TestSecrets.New("registry token");

    public FakeAzure(string allowedHosts = "", TimeProvider? clock = null)
    {
        Network = new FakeNetwork(Answer);
        Client = TestRegistryClient.Create(allowedHosts, Network, clock);
        RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname);
        Access = new RegistryAccess(hostname!, new RegistryCredentials("docker-scout-readonly-token", Password));
    }

    public RegistryAccess Access { get; }

    public FakeNetwork Network { get; }

    public RegistryClient Client { get; }

    public string WwwAuthenticate { get; set; } = Challenge;

    public Func<HttpRequestMessage, HttpResponseMessage> Token { get; set; } = _ => FakeNetwork.Json("""{"access_token":"opaque"}""");

    /// <summary>Answers to signed-in requests, by path and query; and to other hosts, by whole address.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Answers { get; } = [];

    public static byte[] Manifest(string layers = "", string config = """{"mediaType":"c","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","size":2}""") =>
        System.Text.Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{{config}},"layers":[{{layers}}]}""");

    public static Descriptor Describe(byte[] content) => new("", Digest.Of(content), content.Length, null, new Dictionary<string, string>());

    /// <summary>What the client throws.</summary>
    public static async Task<RegistryException> RefusedAsync(Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RegistryException>(call);
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
        return exception;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        if (address.Host != "contoso.azurecr.io")
        {
            return Answers.TryGetValue(address.AbsoluteUri, out var elsewhere) ? elsewhere() : throw new InvalidOperationException($"Nobody should ask {address.Host}.");
        }

        if (address.AbsolutePath == "/oauth2/token")
        {
            return Token(request);
        }

        return request.Headers.Authorization?.Scheme != "Bearer" ? FakeNetwork.Json("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""", HttpStatusCode.Unauthorized, ("WWW-Authenticate", WwwAuthenticate))
            : Answers.TryGetValue(address.PathAndQuery, out var answer) ? answer()
            : FakeNetwork.Json("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}""", HttpStatusCode.NotFound);
    }
}
