using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed class HealthTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new() { Settings = { ["Health:LowFreeBytes"] = "1", ["Health:MinimumFreeBytes"] = "1" } };

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/ready")]
    public async Task AStrangerMayAskAndHearsAReasonForEachCheck(string path)
    {
        var (status, health) = await AskAsync(path);

        Assert.Equal((HttpStatusCode.OK, "ready"), (status, health.Status));
        Assert.Equal(["database", "space", "workers", "feeds"], health.Checks.Select(check => check.Name));
        Assert.All(health.Checks, check => Assert.True(check is { Status: "healthy", Reason.Length: > 0 }, check.ToString()));
    }

    [Fact]
    public async Task AProcessThatAnswersIsAliveWhateverItsDatabaseIs()
    {
        await ExecuteAsync("DELETE FROM __EFMigrationsHistory");

        Assert.Equal((HttpStatusCode.OK, "live"), Brief(await AskAsync("/healthz/live")));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unready"), Brief(await AskAsync("/healthz/ready")));
    }

    [Fact]
    public async Task ADatabaseOfAnotherSchemaIsNotReady()
    {
        await ExecuteAsync("INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_OfTheFuture', '99.0')");

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("another schema", health.Of("database").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseThatCanOnlyBeReadIsNotReady()
    {
        await AskAsync("/healthz/live");
        var path = Path.Combine(_app.DataDirectory, "scout.db");

        var result = await new DatabaseHealth(new ReadOnlyDatabases(path)).CheckHealthAsync(new HealthCheckContext());

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.DoesNotContain(_app.DataDirectory, result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseThatIsBeingWrittenIsBusyAndStillReady()
    {
        await AskAsync("/healthz/live");
        await using var writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_app.DataDirectory, "scout.db"), Pooling = false }.ToString());
        await writer.OpenAsync();
        await using var transaction = writer.BeginTransaction();

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, health.Status));
        Assert.Contains("busy", health.Of("database").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Health:MinimumFreeBytes", HttpStatusCode.ServiceUnavailable, "unhealthy")]
    [InlineData("Health:LowFreeBytes", HttpStatusCode.OK, "degraded")]
    public async Task AFolderWithLessSpaceThanIsAskedForIsTold(string limit, HttpStatusCode expected, string state)
    {
        _app.Settings[limit] = "9000000000000000000";

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal((expected, state), (status, health.Of("space").Status));
        Assert.DoesNotContain(_app.DataDirectory, health.Of("space").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobState.Queued, "2026-01-01", 1, "unhealthy")]
    [InlineData(JobState.Queued, "2126-01-01", 1, "healthy")] // waits for its next attempt
    [InlineData(JobState.Running, "2026-01-01", 2, "healthy")] // all are at work
    public async Task AQueueThatNobodyTakesFromIsNotReady(JobState state, string notBefore, int jobs, string expected)
    {
        _app.Replace = services => services.Remove(services.Single(service => service.ImplementationType == typeof(JobWorker)));
        await using (var db = await OpenAsync())
        {
            var repository = new Repository { Name = "team/app", Integration = new() { OrganizationId = 1, Hostname = "a.azurecr.io", TokenName = "t", WebhookKeyHash = [1], ProtectedWebhookKey = "", TemplateKeyHash = [2], ProtectedTemplateKey = "" } };
            db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" });
            db.Jobs.AddRange(Enumerable.Range(0, jobs).Select(number => new AnalysisJob
            {
                Repository = repository, State = state, NotBefore = DateTime.Parse(notBefore, CultureInfo.InvariantCulture), ActiveKey = $"key {number}",
            }));
            await db.SaveChangesAsync();
        }

        var (_, health) = await AskAsync("/healthz/ready");

        Assert.Equal(expected, health.Of("workers").Status);
    }

    [Fact]
    public async Task AWorkerThatEndedIsNotReady()
    {
        var worker = _app.Services.GetServices<IHostedService>().OfType<JobWorker>().Single();
        await worker.StopAsync(CancellationToken.None);

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("JobWorker", health.Of("workers").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailingFeedDegradesAndTellsNoNames()
    {
        await AskAsync("/healthz/live");
        await ExecuteAsync("""
            INSERT INTO Components (Purl, Type, Ecosystem, EcosystemBase, Name, Version, AdvisoryName, AdvisoryVersion, NeedsMatch) VALUES ('pkg:npm/a@1', 'npm', 'npm', 'npm', 'a', '1', 'a', '1', 0);
            INSERT INTO PackageSets (Id, Kind, Hash, Count) VALUES (1, 'Npm', x'01', 1);
            INSERT INTO PackageSetComponents (PackageSetId, ComponentId, Path) SELECT 1, Id, '' FROM Components;
            INSERT INTO Feeds (Key, Covers, Status, Source, Records, Rejected, LastError) VALUES ('npm', 'npm', 'Failing', '/secret/path', 0, 0, 'Could not read /secret/path');
            """);

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal((HttpStatusCode.OK, "degraded", "degraded"), (status, health.Status, health.Of("feeds").Status));
        Assert.DoesNotContain("npm", health.Of("feeds").Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", health.Of("feeds").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACheckThatThrowsTellsNoStrangerItsMessage()
    {
        _app.Replace = services => services.AddHealthChecks().AddAsyncCheck("broken", () => throw new IOException("/secret/path is gone"));

        var (status, health) = await AskAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("The check itself failed; the server's log says why.", health.Of("broken").Reason);
    }

    private static (HttpStatusCode, string) Brief((HttpStatusCode Status, Health Health) answer) => (answer.Status, answer.Health.Status);

    private async Task<(HttpStatusCode Status, Health Health)> AskAsync(string path)
    {
        using var answer = await _app.Browser().GetAsync(path);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<Health>(JsonSerializerOptions.Web))!);
    }

    private Task<ScoutDb> OpenAsync() => _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var db = await OpenAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private sealed record Health(string Status, IReadOnlyList<Line> Checks)
    {
        public Line Of(string name) => Checks.Single(check => check.Name == name);
    }

    private sealed record Line(string Name, string Status, string Reason);

    private sealed class ReadOnlyDatabases(string path) : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => DataServices.OpenToRead(path);
    }
}
