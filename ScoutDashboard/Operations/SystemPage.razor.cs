using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Operations;

/// <summary>How the dashboard itself does, live: health with reasons, queue, feeds, space, last back-up, versions.</summary>
public sealed partial class SystemPage
{
    // Space and health change without anybody telling of it.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly List<IDisposable> _subscriptions = [];
    private CancellationToken _leaving;
    private SystemView? _view;
    private bool _failed;

    protected override async Task OnInitializedAsync()
    {
        _leaving = Closed;
        var refresh = Coalesce(LoadAsync);
        _subscriptions.Add(Signal.OnChanged(refresh));
        _subscriptions.Add(Feed.SubscribeToQueue(refresh));
        _subscriptions.Add(Feed.Subscribe(progress =>
        {
            if (progress.State != JobState.Running)
            {
                refresh();
            }
        }));
        _subscriptions.Add(Clock.CreateTimer(_ => refresh(), null, Interval, Interval));
        await LoadAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        base.Dispose(disposing);
    }

    private async Task LoadAsync()
    {
        try
        {
            _view = await Report.GetAsync(Actor, _leaving);
            _failed = false;
        }
        catch (DbException)
        {
            _failed = true;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    private static StatusKind KindOf(HealthStatus status) => status switch { HealthStatus.Healthy => StatusKind.Ok, HealthStatus.Degraded => StatusKind.Warning, _ => StatusKind.Error };

    private string NameOf(string check) => check switch { "database" => T["Database"], "space" => T["Space"], "workers" => T["Workers"], "feeds" => T["Feeds"], _ => check };
}
