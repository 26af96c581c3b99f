using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Web;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Answers as <c>contoso.azurecr.io</c> does, each call as the test wants it; no network.</summary>
internal sealed class AcrDouble : HttpMessageHandler
{
    /// <summary>How it lets identities in; null where it knows none.</summary>
    public AcrExchange? Identities { get; init; }

    /// <summary>Each request: method, address and what it carried.</summary>
    public ConcurrentQueue<(HttpMethod Method, Uri Address, string? Authorization)> Requests { get; } = new();

    /// <summary>What lies there beside the one image, by path.</summary>
    public Dictionary<string, (byte[] Content, string Type)> Content { get; } = [];

    public Func<HttpResponseMessage> Api { get; set; } = Challenge;
    public Func<HttpResponseMessage> Token { get; set; } = () => Json("""{"access_token":"e30.e30.c2ln"}""");
    /// <summary>Which passwords the token service accepts.</summary>
    public Func<string, bool> Accepts { get; set; } = _ => true;
    public Func<HttpResponseMessage> Catalog { get; set; } = () => Json("""{"repositories":["team/app"]}""");
    public Func<HttpResponseMessage> Tags { get; set; } = () => Json($$"""{"tags":[{"name":"v1","digest":"{{Digest}}","lastUpdateTime":"2026-01-01T00:00:00.0000000Z"}]}""");
    public Func<HttpResponseMessage> Manifest { get; set; } = () => Json(ManifestText, "application/vnd.oci.image.index.v1+json");

    private const string ManifestText = """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""";
    private static readonly string Digest = Images.Digest.Of(Encoding.UTF8.GetBytes(ManifestText)).Value;

    public static HttpResponseMessage Json(string text, string type = "application/json", HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(type)) };

    public static HttpResponseMessage Error(HttpStatusCode status, string message) =>
        Json($$"""{"errors":[{"code":"UNAUTHORIZED","message":"{{message}}"}]}""", status: status);

    public static HttpResponseMessage Challenge() => ChallengeOf("https://contoso.azurecr.io/oauth2/token");

    public static HttpResponseMessage ChallengeOf(string realm)
    {
        var answer = Error(HttpStatusCode.Unauthorized, "authentication required");
        answer.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Bearer", $"realm=\"{realm}\",service=\"contoso.azurecr.io\""));
        return answer;
    }

    private static string PasswordOf(HttpRequestMessage request) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization?.Parameter ?? "")).Split(':', 2) is [_, var password] ? password : "";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue((request.Method, request.RequestUri!, request.Headers.Authorization?.ToString()));
        var path = request.RequestUri!.AbsolutePath;
        var answer = path.StartsWith("/oauth2/", StringComparison.Ordinal) && (request.Method == HttpMethod.Post || path == "/oauth2/exchange") ? await SignInAsync(request, path, cancellationToken) : Answer(request, path);
        answer.RequestMessage = request;
        return answer;
    }

    private async Task<HttpResponseMessage> SignInAsync(HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        var form = HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
        var values = form.AllKeys.OfType<string>().ToDictionary(key => key, key => form[key]!);
        return Identities is null ? Error(HttpStatusCode.NotFound, "no identities here") : path == "/oauth2/exchange" ? Identities.Exchange(request.Method, values) : Identities.Redeem(values);
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string path)
    {
        var bearer = request.Headers.Authorization is { Scheme: "Bearer", Parameter: { } parameter } ? parameter : null;
        var needsToken = path != "/oauth2/token" && (bearer is null || (Identities?.Issued(bearer) == true && !Identities.Allows(bearer, path)));
        return path switch
        {
            "/v2/" => Api(),
            "/oauth2/token" => Accepts(PasswordOf(request)) ? Token() : Error(HttpStatusCode.Unauthorized, "invalid password"),
            _ when needsToken => Challenge(),
            _ when Content.TryGetValue(path, out var found) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(found.Content) { Headers = { ContentType = new MediaTypeHeaderValue(found.Type) } } },
            "/v2/_catalog" or "/acr/v1/_catalog" => Catalog(),
            _ when path.EndsWith("/_tags", StringComparison.Ordinal) => Tags(),
            _ when path.Contains("/manifests/", StringComparison.Ordinal) => Manifest(),
            _ => Error(HttpStatusCode.NotFound, "unexpected " + path),
        };
    }
}
