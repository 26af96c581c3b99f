using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Benchmarks;

/// <summary>500 pushes told at once: how long until all are analysed, and how long a visitor waits for a page meanwhile.</summary>
internal sealed class FullQueue(Report report)
{
    private const int Repositories = 25;
    private const int Pushes = 500;
    private const int QuietRounds = 15;

    public async Task RunAsync()
    {
        await using var registry = await ManyImages.StartAsync(Repositories, Pushes);
        using var advisories = Advisories();
        await using var app = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Registries__AllowedHosts"] = $"http://{registry.Host}", ["Advisories__Source"] = advisories.Path, ["Repositories__ReconcileInterval"] = "1.00:00:00",
        });
        await using var browser = await Browser.StartAsync();
        await using var visitor = await QueueVisitor.SetUpAsync(browser, app, registry.Host);
        await UntilAsync(app, progress => progress.Done == Repositories);

        var before = await visitor.LookAsync(QuietRounds, CancellationToken.None);
        var key = await NewKeyAsync(app);
        using var done = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        await TellAsync(app, key, ManyImages.Events(registry.Pushed, DateTime.UtcNow));
        var looking = visitor.LookAsync(int.MaxValue, done.Token);
        var progress = await UntilAsync(app, progress => progress.Done + progress.Failed >= Repositories + Pushes);
        watch.Stop();
        await done.CancelAsync();
        var during = await looking;
        var after = await visitor.LookAsync(QuietRounds, CancellationToken.None);

        report.Add($"{Pushes} analyses queued at once: failed", $"{progress.Failed}", "0", progress.Failed == 0 && progress.Images == Repositories + Pushes);
        report.Add("… until all are done", $"{watch.Elapsed.TotalSeconds:f1} s, {Pushes / watch.Elapsed.TotalSeconds:f1} a second");
        foreach (var page in before.Keys)
        {
            var (quiet, busy, later) = (Percentile(before[page], 0.95), Percentile(during[page], 0.95), Percentile(after[page], 0.95));
            report.Add($"… {page}, p95 (p50): before, meanwhile, after", $"{quiet:f0} ({Percentile(before[page], 0.5):f0}), {busy:f0} ({Percentile(during[page], 0.5):f0}), {later:f0} ({Percentile(after[page], 0.5):f0}) ms; {busy / quiet:f2} ×",
                "≤ 2 ×", busy <= 2 * quiet);
        }
    }

    private static AdvisoryFolder Advisories()
    {
        var folder = new AdvisoryFolder();
        for (var number = 0; number < 200; number++)
        {
            var vector = number % 3 == 0 ? "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" : "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L";
            folder.Add("npm", $"package-{number}", $"GHSA-made-{number:d4}-up", $"1.{number % 13}.3", $"CVE-2026-{10_000 + number}", vector);
            if (number < 120)
            {
                folder.Add("Debian:12", $"library-{number}", $"DEBIAN-CVE-2026-{20_000 + number}", $"1.{number % 9}.0-3", $"CVE-2026-{20_000 + number}", vector);
            }
        }

        return folder.Add("NuGet", "Newtonsoft.Json", "GHSA-made-0000-nu", "13.0.2");
    }

    // The key that Azure would have is protected in the database: this run gives the registry one of its own.
    private static async Task<string> NewKeyAsync(AppProcess app)
    {
        var key = UrlKey.Create();
        await using var db = Open(app);
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.WebhookKeyHash, UrlKey.Hash(key)));
        return key;
    }

    private static async Task TellAsync(AppProcess app, string key, string body)
    {
        using var client = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(app.Address, $"webhooks/eventgrid/{key}"), content);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<Progress> UntilAsync(AppProcess app, Func<Progress, bool> isReached)
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < TimeSpan.FromMinutes(10))
        {
            await using var db = Open(app);
            var states = await db.Jobs.GroupBy(j => j.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
            var progress = new Progress(
                states.GetValueOrDefault(JobState.Succeeded), states.GetValueOrDefault(JobState.Failed) + states.GetValueOrDefault(JobState.Cancelled),
                await db.Images.CountAsync(i => i.State == ImageState.Analysed && i.Critical != null));
            if (isReached(progress))
            {
                return progress;
            }

            await Task.Delay(200);
        }

        throw new TimeoutException($"The queue did not end within 10 minutes. The application said:\n{app.Output}");
    }

    private static SqliteScoutDb Open(AppProcess app) => new(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(app.DataDirectory, "scout.db"), Pooling = false }.ToString()).Options);

    private static double Percentile(List<double> times, double share) => times.Count == 0 ? double.NaN : times.Order().ElementAt((int)Math.Ceiling(share * times.Count) - 1);

    private sealed record Progress(int Done, int Failed, int Images);
}
