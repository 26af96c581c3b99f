using System.Net;
using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Analysis;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Webhook;

namespace ScoutDashboard.Tests.Operations;

public sealed class TelemetryTests
{
    [Fact]
    public async Task EachStoredEventIsCountedOnceByItsKind()
    {
        using var measured = new Measured();
        await using var rig = await JobRig.CreateAsync();
        var store = new EventStore(rig.Database, rig.Changes, new WebhookOptions(), rig.Clock);
        DeliveredEvent[] events = [Event("a", RegistryEventKind.ImagePushed), Event("b", RegistryEventKind.ImagePushed), Event("c", RegistryEventKind.Other)];

        await store.StoreAsync([new Delivery(1, events)], CancellationToken.None);
        await store.StoreAsync([new Delivery(1, events)], CancellationToken.None);

        Assert.Equal(new Dictionary<string, double> { ["scout.events{kind=ImagePushed}"] = 2, ["scout.events{kind=Other}"] = 1 }, measured.Sums);
    }

    [Fact]
    public async Task EachAttemptAtAnAnalysisIsMeasuredByItsOutcomeAndTraced()
    {
        using var measured = new Measured();
        await using var rig = await JobRig.CreateAsync();
        var attempts = 0;
        using var worker = rig.Worker((_, _, _) => ++attempts switch
        {
            1 => throw new IOException("broke"),
            2 => Task.FromResult(JobResult.Succeeded),
            _ => Task.FromResult(JobResult.Cancelled("removed")),
        }, workers: 1);
        var waits = rig.NextAsync(p => p.State == JobState.Queued);
        await worker.StartAsync(CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, JobRig.DigestOf(1), null, JobReason.Push, CancellationToken.None);
        await waits;
        var succeeded = rig.NextAsync(p => p.State == JobState.Succeeded);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await succeeded;
        var cancelled = rig.NextAsync(p => p.State == JobState.Cancelled);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, JobRig.DigestOf(2), null, JobReason.Push, CancellationToken.None);
        await cancelled;
        await worker.StopAsync(CancellationToken.None);

        Assert.Equal(
            new Dictionary<string, double> { ["scout.analysis.duration{outcome=Retried}"] = 1, ["scout.analysis.duration{outcome=Succeeded}"] = 1, ["scout.analysis.duration{outcome=Cancelled}"] = 1 }, measured.Sums);
        Assert.Equal(["analysis Error", "analysis Ok", "analysis Ok"], measured.Activities);
    }

    [Fact]
    public async Task PulledBytesAndLayersFromTheCacheAreCounted()
    {
        using var measured = new Measured();
        await using var rig = await AnalyserRig.StartAsync();
        await rig.AnalyseAsync(rig.Registry.AddImage([AnalyserRig.BaseLayer]), "one");

        await rig.AnalyseAsync(rig.Registry.AddImage([AnalyserRig.BaseLayer, AnalyserRig.AppLayer]), "two");

        Assert.Equal(AnalyserRig.BaseLayer.Length + AnalyserRig.AppLayer.Length, measured.Sums["scout.pulled{}"]);
        Assert.Equal((2, 1), (measured.Sums["scout.layers{source=registry}"], measured.Sums["scout.layers{source=cache}"]));
    }

    [Fact]
    public async Task QueueFeedsAndFindingsAreMeasuredWhenSomebodyAsks()
    {
        await using var rig = await JobRig.CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, JobRig.DigestOf(1), null, JobReason.Push, CancellationToken.None);
        await using (var db = rig.Database.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", LastSuccessAt = JobRig.Start.AddHours(-1) });
            db.Feeds.Add(new FeedState { Key = "never loaded" });
            db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 1, Day = JobRig.Start.Date.AddDays(-1), Critical = 99 });
            db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 1, Day = JobRig.Start.Date, Critical = 3, High = 12 });
            db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 2, Day = JobRig.Start.Date.AddDays(-5), Critical = 1 });
            await db.SaveChangesAsync();
        }

        rig.Clock.Advance(TimeSpan.FromSeconds(90));
        using var state = new StateMeter(rig.Database, rig.Clock);
        using var measured = new Measured(state);

        measured.Ask();

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["scout.queue.depth{state=waiting}"] = 1, ["scout.queue.depth{state=running}"] = 0, ["scout.queue.age{}"] = 90, ["scout.feed.age{feed=npm}"] = 3690, ["scout.findings{severity=critical}"] = 4,
                ["scout.findings{severity=high}"] = 12, ["scout.findings{severity=medium}"] = 0, ["scout.findings{severity=low}"] = 0, ["scout.findings{severity=unknown}"] = 0,
            }, measured.Sums);
    }

    [Fact]
    public void ADatabaseThatDoesNotAnswerGivesNoNumberInsteadOfNone()
    {
        using var state = new StateMeter(new NoDatabases(), new FakeTimeProvider());
        using var measured = new Measured(state);

        measured.Ask();

        Assert.Empty(measured.Sums);
    }

    [Fact]
    public async Task PrometheusReadsMeasurementsWithAKeyOfItsScopeAndNoNameOfAnImage()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            var integration = new Integration { OrganizationId = 1, Hostname = "contoso.azurecr.io", TokenName = "t", WebhookKeyHash = [1], ProtectedWebhookKey = "", TemplateKeyHash = [2], ProtectedTemplateKey = "" };
            db.Jobs.Add(new AnalysisJob { Repository = new Repository { Name = "team/secret-app", Integration = integration }, State = JobState.Queued, NotBefore = new DateTime(2126, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
            await db.SaveChangesAsync();
        }

        var key = await app.Services.GetRequiredService<ApiKeyService>().CreateAsync(await app.ActorAsync(), "prometheus", ApiScopes.Metrics, 30, default);
        using var program = app.Browser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await program.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("scout_queue_depth", text, StringComparison.Ordinal);
        Assert.Contains("scout_findings{", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-app", text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ByOtlpGoMetricsTracesAndLogsAndNoAddressWithASecret()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = new ScoutApp { Settings = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" } };
        using var browser = app.Browser();
        using var webhook = await browser.PostAsync("/webhooks/eventgrid/s3cret-webhook-key", new StringContent("[]"));
        app.Services.GetRequiredService<ILogger<TelemetryTests>>().LogWarning("A line of the log");
        ScoutTelemetry.Activities.StartActivity("an activity of this test")?.Dispose();

        Collector.Flush(app.Services);

        Assert.Contains("scout.queue.depth", collector.Bodies["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("an activity of this test", collector.Bodies["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("A line of the log", collector.Bodies["/v1/logs"], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-webhook-key", string.Concat(collector.Bodies.Values), StringComparison.Ordinal);
    }

    private static DeliveredEvent Event(string id, RegistryEventKind kind) => new(id, kind, "team/app", "v1", JobRig.DigestOf(id[0]), JobRig.Start);

    private sealed class NoDatabases : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => DataServices.OpenToRead("/dev/null/none");
    }
}
