using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Operations;

/// <summary>Measures what lies in the database: queue, age of feeds, findings. Read every 15 seconds at most, however often it is asked for, and only if somebody asks.</summary>
public sealed class StateMeter : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly IDbContextFactory<ScoutDb> _databases;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Meter _meter;
    private State? _newest;

    public StateMeter(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
    {
        (_databases, _clock) = (databases, clock);
        _meter = new Meter(new MeterOptions(ScoutTelemetry.Name) { Scope = this });
        _meter.CreateObservableGauge("scout.queue.depth", () => Of<int>(state => [Labelled(state.Queue.Waiting, "state", "waiting"), Labelled(state.Queue.Running, "state", "running")]), "{job}", "Analyses in the queue");
        _meter.CreateObservableGauge("scout.queue.age", () => Of<double>(state => [new(state.Queue.OldestDue is { } due ? (state.At - due).TotalSeconds : 0)]), "s", "How long the analysis has been due that is due longest");
        _meter.CreateObservableGauge("scout.feed.age", () => Of(state => state.Feeds.Select(feed => Labelled((state.At - feed.LoadedAt).TotalSeconds, "feed", feed.Key))), "s", "Time since a feed was loaded");
        _meter.CreateObservableGauge("scout.findings", () => Of(state => state.Findings.Select(counted => Labelled(counted.Count, "severity", counted.Severity))), "{finding}", "Findings of the latest images, by severity");
    }

    public void Dispose() => _meter.Dispose();

    // Figures that can't be read are left out: no number is not 0.
    private IEnumerable<Measurement<T>> Of<T>(Func<State, IEnumerable<Measurement<T>>> choose)
        where T : struct
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow().UtcDateTime;
            if (_newest is null || now - _newest.At >= Fresh || now < _newest.At)
            {
                try
                {
                    _newest = Read(now);
                }
                catch (DbException)
                {
                    _newest = null;
                    return [];
                }
            }

            return [.. choose(_newest)];
        }
    }

    // Instruments are asked one after the other and can't wait for a task.
    private State Read(DateTime now)
    {
        using var db = _databases.CreateDbContext();
        var queue = new QueueFigures(
            db.Jobs.Count(j => j.State == JobState.Queued), db.Jobs.Count(j => j.State == JobState.Running),
            db.Jobs.Where(j => j.State == JobState.Queued && j.NotBefore <= now).Min(j => (DateTime?)j.NotBefore));
        var feeds = db.Feeds.Where(f => f.LastSuccessAt != null).Select(f => new LoadedFeed(f.Key, f.LastSuccessAt!.Value)).ToList();
        // As the overview counts them.
        var days = db.Snapshots.Where(s => s.Day == db.Snapshots.Where(other => other.OrganizationId == s.OrganizationId).Max(other => other.Day)).ToList();
        return new State(now, queue, feeds,
        [
            ("critical", days.Sum(d => d.Critical)), ("high", days.Sum(d => d.High)), ("medium", days.Sum(d => d.Medium)), ("low", days.Sum(d => d.Low)), ("unknown", days.Sum(d => d.Unknown)),
        ]);
    }

    private static Measurement<T> Labelled<T>(T value, string label, string text)
        where T : struct => new(value, new KeyValuePair<string, object?>(label, text));

    private sealed record LoadedFeed(string Key, DateTime LoadedAt);

    private sealed record State(DateTime At, QueueFigures Queue, IReadOnlyList<LoadedFeed> Feeds, IReadOnlyList<(string Severity, int Count)> Findings);
}
