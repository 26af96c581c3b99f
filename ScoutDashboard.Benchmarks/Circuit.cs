using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace ScoutDashboard.Benchmarks;

/// <summary>
/// A page that is open in a browser, without the browser: it takes the page, starts its circuit, acknowledges each batch of changes, and answers calls of JavaScript as a
/// page that has nothing to say. What it costs is the dashboard's own work.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    // Microsoft.JSInterop.JSCallResultType.JSObjectReference.
    private const int ObjectReference = 1;

    private readonly HubConnection _connection;
    private int _batches;
    private string? _fault;

    private Circuit(HubConnection connection) => _connection = connection;

    /// <summary>Changes of the page that were acknowledged.</summary>
    public int Batches => _batches;

    /// <summary>Why the page stands still; null while it follows.</summary>
    public string? Fault => _fault ?? (_connection.State == HubConnectionState.Connected ? null : "The connection is closed.");

    /// <param name="cookies">With the session of a member.</param>
    /// <param name="address">The page's.</param>
    public static async Task<Circuit> OpenAsync(HttpClient client, CookieContainer cookies, Uri address)
    {
        var html = await client.GetStringAsync(address);
        var root = new Uri(address, "/");
        var connection = new HubConnectionBuilder().WithUrl(new Uri(root, "/_blazor"), options =>
        {
            options.Cookies = cookies;
            (options.Transports, options.SkipNegotiation) = (HttpTransportType.WebSockets, true);
            options.Headers["Origin"] = root.GetLeftPart(UriPartial.Authority);
            options.WebSocketConfiguration = socket => socket.Proxy = null;
        });
        connection.Services.AddSingleton<IHubProtocol>(new BlazorPack());
        var circuit = new Circuit(connection.Build());
        await circuit.StartAsync(root, address, html);
        return circuit;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task StartAsync(Uri root, Uri address, string html)
    {
        _connection.On<int, byte[]>("JS.RenderBatch", async (batch, _) =>
        {
            Interlocked.Increment(ref _batches);
            await _connection.SendAsync("OnRenderCompleted", batch, null);
        });
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", async (handle, identifier, _, kind, _, _) =>
        {
            if (handle != 0)
            {
                await _connection.SendAsync("EndInvokeJSFromDotNet", handle, true, $"[{handle},true,{Answer(identifier, kind)}]");
            }
        });
        _connection.On<string>("JS.Error", error => _fault = error);
        _connection.On<string>("JS.EndUpdateRootComponents", _ => { });
        await _connection.StartAsync();
        var state = State().Match(html).Groups["state"].Value;
        await _connection.InvokeAsync<string?>("StartCircuit", root.ToString(), address.ToString(), "[]", state);
        var operations = Marker().Matches(html).Select((marker, at) => $$"""{"type":"add","ssrComponentId":{{at + 1}},"marker":{{marker.Groups["marker"].Value}}}""");
        await _connection.SendAsync("UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""", state);
    }

    // As JSON; what a page asks the browser for, and stands still without.
    private static string Answer(string identifier, int kind) => kind == ObjectReference ? """{"__jsObjectId":1}""" : identifier switch
    {
        "window.hasOwnProperty" => "true",
        "mudpopoverHelper.countProviders" => "1",
        "mudElementRef.getBoundingClientRect" => """{"top":0,"left":0,"width":1366,"height":40,"windowHeight":768,"windowWidth":1366,"scrollX":0,"scrollY":0}""",
        "scoutTheme.watch" => """{"choice":"system","dark":false}""",
        _ => "null",
    };

    [GeneratedRegex("<!--Blazor:(?<marker>\\{.*?\\})-->", RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[^>]*?)-->", RegexOptions.CultureInvariant)]
    private static partial Regex State();
}
