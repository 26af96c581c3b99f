using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Answers as <c>contoso.azurecr.io</c> does, each call as the test wants it; no network.</summary>
internal sealed class AcrDouble : HttpMessageHandler
{
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

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var needsToken = path != "/oauth2/token" && request.Headers.Authorization?.Scheme != "Bearer";
        var answer = path switch
        {
            "/v2/" => Api(),
            "/oauth2/token" => Accepts(PasswordOf(request)) ? Token() : Error(HttpStatusCode.Unauthorized, "invalid password"),
            _ when needsToken => Challenge(),
            "/v2/_catalog" or "/acr/v1/_catalog" => Catalog(),
            _ when path.EndsWith("/_tags", StringComparison.Ordinal) => Tags(),
            _ when path.Contains("/manifests/", StringComparison.Ordinal) => Manifest(),
            _ => Error(HttpStatusCode.NotFound, "unexpected " + path),
        };
        answer.RequestMessage = request;
        return Task.FromResult(answer);
    }
}
