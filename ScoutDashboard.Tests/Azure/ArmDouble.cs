using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

/// <summary>
/// Azure's Resource Manager on this machine, shaped after Azure/azure-rest-api-specs: paths, api-versions, paging, long-running operations, bodies of errors. It refuses what
/// the real one refuses, and notes which right each call needs.
/// </summary>
internal sealed class ArmDouble : IAsyncDisposable
{
    public static readonly string Token = TestSecrets.New("Azure token");

    // What the specifications of each type publish, and a few that only look like it.
    private static readonly Dictionary<string, string[]> Versions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft.Resources/subscriptions"] = ["2020-01-01", "2022-12-01"],
        ["Microsoft.Resources/subscriptions/operationresults"] = ["2020-01-01", "2022-09-01"],
        ["Microsoft.Resources/subscriptions/providers"] = ["2021-04-01", "2022-09-01"],
        ["Microsoft.Resources/deployments"] = ["2022-09-01", "2025-04-01"],
        ["Microsoft.Authorization/permissions"] = ["2018-07-01", "2022-04-01"],
        ["Microsoft.ContainerRegistry/registries"] = ["2022-12-01", "2023-07-01", "2025-04-01", "2025-11-01"],
        ["Microsoft.ContainerRegistry/locations"] = ["2022-12-01", "2023-07-01", "2025-04-01", "2025-11-01"],
        ["Microsoft.EventGrid/systemTopics"] = ["2022-06-15", "2025-02-15"],
        ["Microsoft.EventGrid/locations"] = ["2022-06-15", "2025-02-15"],
    };

    private readonly ConcurrentDictionary<string, Operation> _operations = new();
    private readonly ConcurrentDictionary<string, Operation> _byResource = new(StringComparer.OrdinalIgnoreCase);
    private HttpsServer _server = null!;

    /// <summary>What exists.</summary>
    public ArmWorld World { get; } = new();

    /// <summary>Method and path of each call, and the right that it needs.</summary>
    public ConcurrentQueue<(string Call, string Action)> Calls { get; } = new();

    /// <summary>Whose token is known here.</summary>
    public Func<string, bool> Knows { get; set; } = token => token == Token;

    /// <summary>The tokens that it was shown.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    /// <summary>Answers in place of the double where it says true.</summary>
    public Func<HttpContext, Task<bool>> Trouble { get; set; } = _ => Task.FromResult(false);

    /// <summary>How often an operation is still going on when asked.</summary>
    public int Rounds { get; set; } = 2;

    /// <summary>How long whoever starts an operation is told to wait, in seconds; from then on a second more.</summary>
    public int Wait { get; set; } = 3;

    public ArmEndpoint Endpoint => new(_server.Address, "https://management.azure.com/.default", new Uri("https://login.microsoftonline.com/"));

    public static async Task<ArmDouble> StartAsync()
    {
        var arm = new ArmDouble();
        arm._server = await HttpsServer.StartAsync(arm.AnswerAsync);
        return arm;
    }

    /// <summary>The product's client with an identity that the double knows.</summary>
    public ArmClient Client(TimeProvider clock, TokenCredential? credential = null) => new(Endpoint, credential ?? new Known(), Http(), clock);

    /// <summary>The clients of a dashboard that has an identity.</summary>
    public ArmClients Clients(TimeProvider clock, TokenCredential? credential = null) =>
        new(new AzureOptions { Identity = "managed" }, _ => credential ?? new Known(), new OneClient(Http), clock) { Endpoint = _ => Endpoint };

    /// <summary>Those of a dashboard that has none, and whose people may consent.</summary>
    /// <param name="issuer">Where they sign in.</param>
    public ArmClients Consenting(TimeProvider clock, string issuer = "https://issuer.example") =>
        new(AzureOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Azure:UserConsent", "true"), new("OpenIdConnect:Authority", issuer)]).Build()), _ => throw new InvalidOperationException("There is no identity."), new OneClient(Http), clock) { Endpoint = _ => Endpoint };

    /// <summary>Those of a dashboard that has none.</summary>
    public static ArmClients Nobody(TimeProvider clock) =>
        new(new AzureOptions(), _ => throw new InvalidOperationException(), new OneClient(() => throw new InvalidOperationException()), clock);

    public HttpClient Http() => new(_server.Trusting()) { Timeout = Timeout.InfiniteTimeSpan };

    public HttpClientHandler Trusting() => _server.Trusting();

    /// <summary>Its certificate as PEM, for a process to trust.</summary>
    public string Pem => _server.Pem;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Starts an operation that ends after some rounds, and tells where it is asked for.</summary>
    /// <param name="asyncPath">Path for Azure-AsyncOperation; null where the provider tells none.</param>
    /// <param name="locationPath">Path for Location; null where the provider tells none.</param>
    /// <param name="finish">What happens at its end: what Location then answers, and why it failed.</param>
    public void Begin(HttpContext context, string? asyncPath, string? locationPath, Func<(JsonNode? Result, ArmRefusal? Fault)> finish)
    {
        var id = Guid.NewGuid().ToString();
        _operations[id] = _byResource[context.Request.Path.Value!] = new Operation(Rounds, finish);
        var version = context.Request.Query["api-version"];
        foreach (var (header, path) in new[] { ("Azure-AsyncOperation", asyncPath), ("Location", locationPath) })
        {
            if (path is not null)
            {
                context.Response.Headers[header] = $"{_server.Address}{path}/{id}?api-version={version}&t=1";
            }
        }

        context.Response.Headers.RetryAfter = $"{Wait}";
    }

    /// <summary>Lets all operations come to their end, as Azure does whether or not anybody asks.</summary>
    public void EndAll()
    {
        foreach (var operation in _operations.Values)
        {
            operation.End();
        }
    }

    /// <summary>Lets the operation on a resource go on a round, as being asked for does.</summary>
    public void Age(string id)
    {
        if (_byResource.TryGetValue(id, out var operation) && operation.Rounds-- <= 0)
        {
            operation.End();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        var call = ArmCall.Read(context.Request.Method, path);
        Shown.Enqueue(context.Request.Headers.Authorization.ToString().Split(' ')[^1]);
        Calls.Enqueue(($"{context.Request.Method} /{path}", call.Action));
        if (await Trouble(context))
        {
            return;
        }

        try
        {
            Check(context.Request, call);
            if (_operations.TryGetValue(path.Split('/')[^1], out var operation))
            {
                await AskAsync(context, operation, isStatus: path.Contains("status", StringComparison.OrdinalIgnoreCase));
                return;
            }

            var body = context.Request.ContentLength > 0 ? await JsonNode.ParseAsync(context.Request.Body) : null;
            await AnswerAsync(context, OneByOne(() => new ArmRoutes(this, context).Answer(call, path, body)));
        }
        catch (ArmRefusal refusal)
        {
            await AnswerAsync(context, (refusal.Status, refusal.ToJson()));
        }
    }

    private void Check(HttpRequest request, ArmCall call)
    {
        if (request.Headers.Authorization.ToString().Split(' ') is not ["Bearer", var token] || !Knows(token))
        {
            throw new ArmRefusal(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }

        var type = Versions.Keys.Where(known => $"{call.Type}/".StartsWith($"{known}/", StringComparison.OrdinalIgnoreCase)).MaxBy(known => known.Length)
            ?? throw new ArmRefusal(404, "InvalidResourceType", $"The resource type '{call.Type}' could not be found.");
        var version = request.Query["api-version"].ToString();
        if (!Versions[type].Contains(version))
        {
            throw version.Length == 0 ? new ArmRefusal(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
                : new ArmRefusal(400, "NoRegisteredProviderFound", $"No registered resource provider found for API version '{version}' for type '{call.Type}'. The supported api-versions are '{string.Join(", ", Versions[type])}'.");
        }
    }

    private async Task AskAsync(HttpContext context, Operation operation, bool isStatus)
    {
        if (OneByOne(() => operation.Rounds-- > 0))
        {
            context.Response.Headers.RetryAfter = $"{Wait + 1}";
            // Location is told again with each 202; the status of an operation is told by 200.
            context.Response.Headers.Location = isStatus ? default : $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}{context.Request.QueryString}";
            await AnswerAsync(context, isStatus ? (200, new JsonObject { ["status"] = "Running" }) : (202, null));
            return;
        }

        var (result, fault) = OneByOne(operation.End);
        await AnswerAsync(context, (isStatus, fault) switch
        {
            (true, null) => (200, new JsonObject { ["status"] = "Succeeded" }),
            (true, { } why) => (200, new JsonObject { ["status"] = "Failed", ["error"] = why.ToJson()["error"]!.DeepClone() }),
            (false, null) => (result is null ? 204 : 200, result?.DeepClone()),
            (false, { } why) => (why.Status, why.ToJson()),
        });
    }

    // Calls come beside each other.
    private T OneByOne<T>(Func<T> change)
    {
        lock (_operations)
        {
            return change();
        }
    }

    private static async Task AnswerAsync(HttpContext context, (int Status, JsonNode? Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.Body is not null)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(answer.Body.ToJsonString());
        }
    }

    private sealed class Operation(int rounds, Func<(JsonNode? Result, ArmRefusal? Fault)> finish)
    {
        private readonly Lazy<(JsonNode? Result, ArmRefusal? Fault)> _end = new(finish);

        public int Rounds { get; set; } = rounds;

        public (JsonNode? Result, ArmRefusal? Fault) End() => _end.Value;
    }

    private sealed class OneClient(Func<HttpClient> create) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => create();
    }

    private sealed class Known : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Token, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}

/// <summary>An error as Azure tells it.</summary>
internal sealed class ArmRefusal(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public JsonObject ToJson() => new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = Message } };
}
