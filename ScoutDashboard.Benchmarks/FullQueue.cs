using System.Text;
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

    public async Task RunAsync()
    {
        await using var dashboard = await BusyDashboard.StartAsync(Repositories, Pushes);
        await dashboard.CompareAsync(
            report,
            () => BeginAsync(dashboard),
            async db => await db.Jobs.CountAsync(j => j.State != JobState.Queued && j.State != JobState.Running) >= Repositories + Pushes,
            async taken =>
            {
                await using var db = dashboard.Open();
                var failed = await db.Jobs.CountAsync(j => j.State != JobState.Succeeded);
                report.Add($"{Pushes} analyses queued at once: failed", $"{failed}", "0",
                    failed == 0 && await db.Images.CountAsync(i => i.State == ImageState.Analysed && i.Critical != null) == Repositories + Pushes);
                report.Add("… until all are done", $"{taken.TotalSeconds:f1} s, {Pushes / taken.TotalSeconds:f1} a second");
            });
    }

    /// <summary>Tells the dashboard of every push at once.</summary>
    public static async Task BeginAsync(BusyDashboard dashboard) => await TellAsync(dashboard, await NewKeyAsync(dashboard));

    // The key that Azure would have is protected in the database: this run gives the registry one of its own.
    private static async Task<string> NewKeyAsync(BusyDashboard dashboard)
    {
        var key = UrlKey.Create();
        await using var db = dashboard.Open();
        await db.Integrations.Where(i => i.Hostname == dashboard.Registry.Host).ExecuteUpdateAsync(set => set.SetProperty(i => i.WebhookKeyHash, UrlKey.Hash(key)));
        return key;
    }

    private static async Task TellAsync(BusyDashboard dashboard, string key)
    {
        using var client = new HttpClient();
        using var content = new StringContent(ManyImages.Events(dashboard.Registry.Pushed, DateTime.UtcNow), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(dashboard.App.Address, $"webhooks/eventgrid/{key}"), content);
        answer.EnsureSuccessStatusCode();
    }
}
