using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace ScoutDashboard.Tests.Support;

/// <summary>A web server over a folder, as a bucket would be: entity tags, conditions and ranges; any file can be given a trouble of its own.</summary>
public sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FeedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>The paths that were asked, in order, with what the answer was.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What answers a path instead of the folder, while it is here.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Troubles { get; } = new(StringComparer.Ordinal);

    public static async Task<FeedServer> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FeedServer(builder.Build());
        server._app.Run(context => server.AnswerAsync(folder, context));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The paths asked since the last call, each with its status.</summary>
    public string TakeAsked()
    {
        var asked = string.Join(' ', Asked);
        Asked.Clear();
        return asked;
    }

    /// <summary>The entity tag of a file with this content.</summary>
    public static string TagOf(byte[] content) => $"\"{Convert.ToHexString(SHA256.HashData(content).AsSpan(0, 8))}\"";

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(string folder, HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        if (Troubles.TryGetValue(path, out var trouble))
        {
            Asked.Enqueue($"{path}:trouble");
            await trouble(context);
            return;
        }

        var file = Path.Combine(folder, path);
        if (!File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            var content = await File.ReadAllBytesAsync(file, context.RequestAborted);
            await Results.Bytes(content, enableRangeProcessing: true, entityTag: EntityTagHeaderValue.Parse(TagOf(content))).ExecuteAsync(context);
        }

        Asked.Enqueue($"{path}:{context.Response.StatusCode}");
    }
}
