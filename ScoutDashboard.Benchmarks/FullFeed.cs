using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Benchmarks;

/// <summary>A feed that grows by 300,000 advisories: how long until they are in, and how long a visitor waits for a page meanwhile.</summary>
internal sealed class FullFeed(Report report)
{
    private const int Repositories = 25;
    private const int Records = 300_000;

    public async Task RunAsync()
    {
        await using var dashboard = await BusyDashboard.StartAsync(Repositories, pushed: 0);
        await dashboard.UntilAsync(db => db.Feeds.AnyAsync(f => f.Key == OsvContents.Ecosystem && f.LastSuccessAt != null));
        Report.Note($"Writing an archive of {Records:n0} advisories");
        OsvContents.WriteArchive(Path.Combine(dashboard.Advisories.Path, OsvContents.Ecosystem, "all.zip"), Records);
        await dashboard.CompareAsync(
            report,
            dashboard.Visitor.RefreshFeedsAsync,
            db => db.Feeds.AnyAsync(f => f.Key == OsvContents.Ecosystem && f.Records == Records && f.Status == FeedStatus.Ready),
            taken =>
            {
                report.Add($"{Records:n0} advisories into a dashboard that somebody uses", $"{taken.TotalSeconds:f1} s");
                return Task.CompletedTask;
            });
    }
}
