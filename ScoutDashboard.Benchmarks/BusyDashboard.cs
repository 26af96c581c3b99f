using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Benchmarks;

/// <summary>A dashboard in a process of its own with a registry full of small images, advisories on what is in them, and a visitor; the listed images are analysed.</summary>
internal sealed class BusyDashboard : IAsyncDisposable
{
    private const int QuietRounds = 40;
    private readonly Browser _browser;

    private BusyDashboard(ManyImages registry, AdvisoryFolder advisories, AppProcess app, Browser browser, QueueVisitor visitor)
    {
        (Registry, Advisories, App, _browser, Visitor) = (registry, advisories, app, browser, visitor);
    }

    public ManyImages Registry { get; }
    public AdvisoryFolder Advisories { get; }
    public AppProcess App { get; }
    public QueueVisitor Visitor { get; }

    /// <param name="repositories">How many repositories, each with one image.</param>
    /// <param name="pushed">How many further images that nobody has told of.</param>
    public static async Task<BusyDashboard> StartAsync(int repositories, int pushed)
    {
        var registry = await ManyImages.StartAsync(repositories, pushed);
        var advisories = MakeAdvisories();
        var app = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Registries__AllowedHosts"] = $"http://{registry.Host}", ["Advisories__Source"] = advisories.Path, ["Repositories__ReconcileInterval"] = "1.00:00:00",
        });
        var browser = await Browser.StartAsync();
        var dashboard = new BusyDashboard(registry, advisories, app, browser, await QueueVisitor.SetUpAsync(browser, app, registry.Host));
        await dashboard.UntilAsync(async db => await db.Jobs.CountAsync(j => j.State == JobState.Succeeded) == repositories);
        return dashboard;
    }

    public ScoutDb Open() => App.OpenDatabase();

    /// <summary>Waits until something is true of the database; at most 10 minutes.</summary>
    public Task UntilAsync(Func<ScoutDb, Task<bool>> isReached) => App.UntilAsync(isReached, TimeSpan.FromMinutes(10));

    /// <summary>Reports how long the visitor waits for each page before some work, while it goes on, and after it; and how long that took.</summary>
    /// <param name="report">Takes the rows.</param>
    /// <param name="begin">Begins the work; the visitor is still free for it.</param>
    /// <param name="isDone">Whether the work is done.</param>
    /// <param name="tell">Reports on the work itself.</param>
    public async Task CompareAsync(Report report, Func<Task> begin, Func<ScoutDb, Task<bool>> isDone, Func<TimeSpan, Task> tell)
    {
        var before = await Visitor.LookAsync(QuietRounds, CancellationToken.None);
        using var done = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        await begin();
        var looking = Visitor.LookAsync(int.MaxValue, done.Token);
        await UntilAsync(isDone);
        watch.Stop();
        await done.CancelAsync();
        var during = await looking;
        var after = await Visitor.LookAsync(QuietRounds, CancellationToken.None);
        await tell(watch.Elapsed);
        foreach (var page in before.Keys)
        {
            var (quiet, busy, later) = (Percentile(before[page], 0.95), Percentile(during[page], 0.95), Percentile(after[page], 0.95));
            report.Add($"… {page}, p95 (p50): before, meanwhile, after", $"{quiet:f0} ({Percentile(before[page], 0.5):f0}), {busy:f0} ({Percentile(during[page], 0.5):f0}), {later:f0} ({Percentile(after[page], 0.5):f0}) ms; {busy / quiet:f2} ×",
                "≤ 2 ×", busy <= 2 * quiet);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Visitor.DisposeAsync();
        await _browser.DisposeAsync();
        await App.DisposeAsync();
        Advisories.Dispose();
        await Registry.DisposeAsync();
    }

    private static AdvisoryFolder MakeAdvisories()
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

    private static double Percentile(List<double> times, double share) => times.Count == 0 ? double.NaN : times.Order().ElementAt((int)Math.Ceiling(share * times.Count) - 1);
}
