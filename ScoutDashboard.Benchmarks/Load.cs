using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Benchmarks;

/// <summary>What is asked of the dashboard in a load.</summary>
/// <param name="EventsPerSecond">Told to the webhook, of all registries together.</param>
/// <param name="Circuits">Pages that are open meanwhile in a browser, each following what happens.</param>
internal sealed record LoadPlan(TimeSpan Duration, int EventsPerSecond, int Circuits)
{
    /// <summary><c>load [SECONDS [PAGES]]</c>.</summary>
    public static LoadPlan Short(string? seconds, string? pages) => new(TimeSpan.FromSeconds(Number(seconds) ?? 60), 2000, Number(pages) ?? 0);

    /// <summary><c>soak [MINUTES]</c>.</summary>
    public static LoadPlan Long(string? minutes) => new(TimeSpan.FromMinutes(Number(minutes) ?? 60), 200, 50);

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>
/// Events of many registries, told at a steady pace while images are analysed and pages are open: how long each answer takes, counted from when its request was due, whether
/// every event that was taken is kept, and how the memory of the process goes. One registry may send 100 events a second, so there are as many as that takes; half of each
/// one's repositories are enabled, so that half of the events move a tag and queue an analysis.
/// </summary>
internal sealed class Load(Report report, LoadPlan plan)
{
    private const int Repositories = 25;
    private const int Pushes = 500;
    private const int Batch = 100;
    private const int RepositoriesOfOne = 10;
    private const int Samples = 10;
    private const int NoAnswer = 0;
    private static readonly TimeSpan EventGridWait = TimeSpan.FromSeconds(30);
    private const double MostGrowth = 1.1;
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan MostWait = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentBag<double> _waits = [];
    private readonly ConcurrentDictionary<int, int> _answers = new();

    public async Task RunAsync()
    {
        await using var dashboard = await BusyDashboard.StartAsync(Repositories, Pushes);
        var keys = await AddRegistriesAsync(dashboard, plan.EventsPerSecond / Batch);
        Report.Note($"Opening {plan.Circuits} pages");
        var circuits = await dashboard.Visitor.OpenAsync(plan.Circuits);
        await FullQueue.BeginAsync(dashboard);
        var memory = new List<long> { dashboard.App.WorkingSet };
        using var end = new CancellationTokenSource();
        var sampling = SampleAsync(dashboard, memory, end.Token);
        await TellAllAsync(dashboard, keys);
        await end.CancelAsync();
        await sampling;
        TellCircuits(circuits);
        await TellResultAsync(dashboard, memory);
    }

    private void TellCircuits(IReadOnlyList<Circuit> circuits)
    {
        foreach (var fault in circuits.Select(circuit => circuit.Fault).OfType<string>().Distinct())
        {
            Report.Note($"A page stands still: {fault}");
        }

        var following = circuits.Count(circuit => circuit.Fault is null && circuit.Batches > 1);
        report.Add("Pages that stayed open and followed", $"{following}, {circuits.Sum(circuit => circuit.Batches)} changes of them", $"{plan.Circuits}", following == plan.Circuits);
    }

    private async Task TellAllAsync(BusyDashboard dashboard, string[] keys)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = dashboard.App.Address, Timeout = EventGridWait };
        var requests = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        for (var second = 0; second < plan.Duration.TotalSeconds; second++)
        {
            for (var at = 0; at < keys.Length; at++)
            {
                // Evenly over the second, whatever the answers before took.
                var due = TimeSpan.FromSeconds(second + (double)at / keys.Length);
                if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } pause)
                {
                    await Task.Delay(pause);
                }

                requests.Add(TellAsync(client, keys[at], $"{second}-{at}", start, due));
            }
        }

        await Task.WhenAll(requests);
    }

    private async Task TellAsync(HttpClient client, string key, string name, long start, TimeSpan due)
    {
        using var content = new StringContent(Events(name), Encoding.UTF8, "application/json");
        var status = NoAnswer;
        try
        {
            using var answer = await client.PostAsync(new Uri($"webhooks/eventgrid/{key}", UriKind.Relative), content);
            status = (int)answer.StatusCode;
        }
        catch (TaskCanceledException)
        {
            // It took longer than Event Grid waits.
        }

        _answers.AddOrUpdate(status, 1, (_, before) => before + 1);
        _waits.Add((Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds);
    }

    private static string Events(string name) => JsonSerializer.Serialize(Enumerable.Range(0, Batch).Select(number => new
    {
        id = $"{name}-{number}", eventType = "Microsoft.ContainerRegistry.ImagePushed", eventTime = DateTime.UtcNow,
        data = new { target = new { repository = $"team/app-{number % RepositoriesOfOne}", tag = name, digest = Digest.Of(Encoding.UTF8.GetBytes($"{name}-{number}")).Value } },
    }));

    private static async Task<string[]> AddRegistriesAsync(BusyDashboard dashboard, int count)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(_ => UrlKey.Create())];
        await using var db = dashboard.Open();
        foreach (var (number, key) in keys.Index())
        {
            var integration = new Integration
            {
                OrganizationId = 1, Hostname = $"load{number}.azurecr.io", ActiveHostname = $"load{number}.azurecr.io", State = IntegrationState.Connected, TokenName = "t",
                WebhookKeyHash = UrlKey.Hash(key), ProtectedWebhookKey = "", TemplateKeyHash = UrlKey.Hash(UrlKey.Create()), ProtectedTemplateKey = "",
            };
            db.Repositories.AddRange(Enumerable.Range(0, RepositoriesOfOne).Select(at => new Repository { Integration = integration, Name = $"team/app-{at}", Enabled = at % 2 == 0 }));
        }

        await db.SaveChangesAsync();
        return keys;
    }

    private async Task SampleAsync(BusyDashboard dashboard, List<long> memory, CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Task.Delay(plan.Duration / Samples, end);
                memory.Add(dashboard.App.WorkingSet);
                Report.Note($"{memory[^1] >> 20} MiB");
            }
        }
        catch (OperationCanceledException)
        {
            memory.Add(dashboard.App.WorkingSet);
        }
    }

    private async Task TellResultAsync(BusyDashboard dashboard, List<long> memory)
    {
        await using var db = dashboard.Open();
        var kept = await db.Events.CountAsync(e => db.Integrations.Any(i => i.Id == e.IntegrationId && i.Hostname.StartsWith("load")));
        var taken = _answers.GetValueOrDefault(200) * Batch;
        var told = _waits.Count * Batch;
        report.Add($"{told} events in {plan.Duration.TotalSeconds:f0} s: taken, kept", $"{taken}, {kept}", "all", taken == told && kept == taken);
        var answers = string.Join(", ", _answers.OrderBy(answer => answer.Key).Select(answer => $"{(answer.Key == NoAnswer ? "none in time" : $"{answer.Key}")}: {answer.Value}"));
        report.Add("… answers", $"{answers}");
        double[] waits = [.. _waits.Order()];
        report.Add("… wait for an answer, p50, p99, longest", $"{At(0.5):f0} ms, {At(0.99):f0} ms, {waits[^1]:f0} ms", $"p99 < {MostWait.TotalMilliseconds:f0} ms", At(0.99) < MostWait.TotalMilliseconds);
        var analysed = await db.Jobs.CountAsync(j => j.State == JobState.Succeeded);
        report.Add("… analyses meanwhile", $"{analysed - Repositories}");
        // What is kept for reuse is taken in the first third.
        var (middle, last) = (memory[(memory.Count / 3)..(memory.Count * 2 / 3)].Average(), memory[(memory.Count * 2 / 3)..].Average());
        var isLong = plan.Duration >= LongEnough;
        report.Add("… memory in the last third of that time", $"{last / middle:f2} × that in the second", isLong ? $"< {MostGrowth}" : "", isLong ? last / middle < MostGrowth : null);
        var sizes = string.Join(", ", memory.Select(bytes => bytes >> 20));
        report.Add("… memory of the process over that time, MiB", $"{sizes}");

        double At(double share) => waits[(int)Math.Ceiling(share * waits.Length) - 1];
    }
}
