using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ScoutDashboard.Tests.Support;

/// <summary>A collector of OTLP/HTTP on this machine: keeps what is sent to each of its three addresses. Protobuf keeps texts as they are.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _bodies = new();
    private readonly WebApplication _server;

    private Collector(WebApplication server) => _server = server;

    public string Address => _server.Urls.Single();

    /// <summary>By path, each byte one character.</summary>
    public IReadOnlyDictionary<string, string> Bodies => _bodies;

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector._server.MapPost("/v1/{signal}", collector.KeepAsync);
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>Has the application send what it holds back.</summary>
    public static void Flush(IServiceProvider services)
    {
        services.GetRequiredService<TracerProvider>().ForceFlush();
        services.GetRequiredService<MeterProvider>().ForceFlush();
        services.GetRequiredService<LoggerProvider>().ForceFlush();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        SecretSearch.Check(_bodies.Select(body => ($"telemetry of {body.Key}", Encoding.Latin1.GetBytes(body.Value))));
    }

    private async Task KeepAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        _bodies.AddOrUpdate(context.Request.Path, body, (_, before) => before + body);
    }
}
