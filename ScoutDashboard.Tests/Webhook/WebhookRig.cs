using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Webhook;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>The webhook behind a real Kestrel, on a database with one integration and one enabled repository, team/app.</summary>
public sealed class WebhookRig : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    private WebhookRig(JobRig jobs, WebApplication app) => (Jobs, _app) = (jobs, app);

    public JobRig Jobs { get; }

    public string Key { get; } = UrlKey.Create();

    public string Address => $"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/webhooks/eventgrid/{Key}";

    public static async Task<WebhookRig> CreateAsync(WebhookOptions? options = null, ILoggerProvider? log = null)
    {
        var jobs = await JobRig.CreateAsync();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Configuration["Logging:LogLevel:Default"] = "Trace";
            builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace";
            builder.Configuration[$"Logging:{log.GetType().FullName}:LogLevel:Microsoft.AspNetCore"] = "Trace";
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddSingleton<TimeProvider>(jobs.Clock);
        builder.Services.AddSingleton<IDbContextFactory<ScoutDb>>(jobs.Database);
        builder.Services.AddSingleton(jobs.Queue);
        builder.Services.AddSingleton(jobs.Changes);
        builder.Services.AddScoutWebhook(builder.Configuration);
        builder.Services.AddSingleton(options ?? new WebhookOptions { DatabaseWait = TimeSpan.FromSeconds(1) });
        var app = builder.Build();
        app.MapScoutWebhook();
        var rig = new WebhookRig(jobs, app);
        await using var db = jobs.Database.CreateDbContext();
        var hash = UrlKey.Hash(rig.Key);
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.WebhookKeyHash, hash));
        await app.StartAsync();
        return rig;
    }

    public Task<HttpResponseMessage> PostAsync(string body, string contentType = "application/json") => PostAsync(new StringContent(body, Encoding.UTF8, contentType));

    public Task<HttpResponseMessage> PostAsync(HttpContent content) => _client.PostAsync(Address, content);

    public async Task<HttpStatusCode> StatusOfAsync(string body) => (await PostAsync(body)).StatusCode;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _client.SendAsync(request);

    public async Task<IReadOnlyList<RegistryEvent>> EventsAsync()
    {
        await using var db = Jobs.Database.CreateDbContext();
        return await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
    }

    public async Task<Integration> IntegrationAsync()
    {
        await using var db = Jobs.Database.CreateDbContext();
        return await db.Integrations.AsNoTracking().SingleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await Jobs.DisposeAsync();
    }
}
