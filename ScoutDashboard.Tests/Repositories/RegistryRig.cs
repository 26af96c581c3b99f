using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Repositories;

/// <summary>The rooms that read a registry, over a double of ACR under their HTTP client. The registry is contoso.azurecr.io, integration 1, with team/app enabled.</summary>
public sealed class RegistryRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private RegistryRig(JobRig jobs, Action<IServiceCollection>? replace)
    {
        Jobs = jobs;
        var configuration = new ConfigurationBuilder().Build();
        var services = new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(jobs.Clock).AddSingleton<IDbContextFactory<ScoutDb>>(jobs.Database)
            .AddScoutRegistry(configuration).AddScoutAzure(configuration).AddScoutIntegrations(configuration).AddScoutAnalysis(configuration).AddScoutAdvisories(configuration).AddScoutFindings().AddSingleton<ChangeSignal>()
            .AddScoutJobs(configuration).AddScoutRepositories(configuration)
            .AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddHttpClient(RegistryHttp.ClientName).ConfigurePrimaryHttpMessageHandler(() => new Handler(this));
        replace?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public JobRig Jobs { get; }

    /// <summary>Repositories of the double, each with its tags.</summary>
    public ConcurrentDictionary<string, List<RegistryTag>> Registry { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers that stand in for the double's, by part of the path.</summary>
    public ConcurrentDictionary<string, HttpStatusCode> Faults { get; } = new(StringComparer.Ordinal);

    /// <param name="replace">Puts others in place of the services that stand here.</param>
    public static async Task<RegistryRig> CreateAsync(Action<IServiceCollection>? replace = null)
    {
        var rig = new RegistryRig(await JobRig.CreateAsync(), replace);
        var closed = rig.Get<SecretVault>().Protect(SecretKind.RegistryToken, "contoso.azurecr.io", TestSecrets.Of("registry token"));
        await using var db = rig.Jobs.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.ProtectedToken, closed));
        return rig;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<Integration> IntegrationAsync()
    {
        await using var db = Jobs.Database.CreateDbContext();
        return await db.Integrations.AsNoTracking().SingleAsync(i => i.Id == 1);
    }

    public static RegistryTag Tag(string name, int number, int minute) => new(name, JobRig.DigestOf(number), JobRig.Start.AddMinutes(minute));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Jobs.DisposeAsync();
    }

    private HttpResponseMessage Answer(Uri uri)
    {
        var path = Uri.UnescapeDataString(uri.AbsolutePath);
        if (Faults.FirstOrDefault(fault => path.Contains(fault.Key, StringComparison.Ordinal)) is { Key: not null } fault)
        {
            return new HttpResponseMessage(fault.Value) { Content = new StringContent("{}") };
        }

        if (path == "/v2/_catalog")
        {
            return Catalogue(System.Web.HttpUtility.ParseQueryString(uri.Query)["last"] ?? "");
        }

        var name = path.StartsWith("/acr/v1/", StringComparison.Ordinal) && path.EndsWith("/_tags", StringComparison.Ordinal) ? path[8..^6] : null;
        return name is null || !Registry.TryGetValue(name, out var tags) ? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") }
            : Json(new { tags = tags.Select(t => new { name = t.Name, digest = t.Digest.Value, lastUpdateTime = t.UpdatedAt!.Value.ToString("O", CultureInfo.InvariantCulture) }) });
    }

    private HttpResponseMessage Catalogue(string last)
    {
        var names = Registry.Keys.Order(StringComparer.Ordinal).Where(name => string.CompareOrdinal(name, last) > 0).ToList();
        var page = names.Take(100).ToList();
        var answer = Json(new { repositories = page });
        if (page.Count < names.Count)
        {
            answer.Headers.TryAddWithoutValidation("Link", $"</v2/_catalog?last={Uri.EscapeDataString(page[^1])}&n=100>; rel=\"next\"");
        }

        return answer;
    }

    private static HttpResponseMessage Json(object value) => new(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(value), System.Text.Encoding.UTF8, "application/json") };

    private sealed class Handler(RegistryRig rig) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = rig.Answer(request.RequestUri!);
            answer.RequestMessage = request;
            return Task.FromResult(answer);
        }
    }
}
