using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Operations;

/// <summary>Tells others how the dashboard does: <c>/metrics</c> for Prometheus, and metrics, traces and logs by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to whom.</summary>
public static class TelemetryServices
{
    /// <summary>The standard's own name for where all of it is sent.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddScoutTelemetry(this WebApplicationBuilder builder)
    {
        var isSent = !string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]);
        builder.Services.AddSingleton<StateMeter>();
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("scoutdashboard", serviceVersion: ProgramVersion.Text));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(ScoutTelemetry.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter();
            if (isSent)
            {
                metrics.AddOtlpExporter();
            }
        });
        if (isSent)
        {
            // Our own steps only: addresses of requests, in and out, hold secrets (webhook keys, signatures of blob stores).
            telemetry.WithTracing(traces => traces.AddSource(ScoutTelemetry.Name).AddOtlpExporter());
            builder.Logging.AddOpenTelemetry(logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("scoutdashboard", serviceVersion: ProgramVersion.Text)).AddOtlpExporter();
            });
        }
    }

    /// <summary>For an API key of its scope, or an administrator.</summary>
    public static void MapScoutTelemetry(this WebApplication app)
    {
        // Made once: from now on it is asked.
        app.Services.GetRequiredService<StateMeter>();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Rights.ReadMetrics).RequireRateLimiting(ExportLimit.Policy);
    }
}
