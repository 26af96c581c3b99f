using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Reports;

/// <summary>The first screen: where the organization stands, what waits for a person, what goes on now.</summary>
public sealed partial class OverviewPage
{
    private readonly Dictionary<long, JobProgress> _progress = [];
    private IReadOnlyList<ActiveJob> _active = [];
    private IReadOnlyList<Need> _needs = [];
    private IDisposable? _subscription;
    private OverviewView? _view;
    private ChangeWeek _week = ChangeWeek.Quiet;

    protected override async Task OnInitializedAsync()
    {
        foreach (var progress in Feed.Running)
        {
            _progress[progress.JobId] = progress;
        }

        _subscription = Feed.Subscribe(progress => _ = InvokeAsync(() => ShowAsync(progress)));
        Follow(LoadAsync);
        await LoadAsync();
    }

    private Task LoadAsync() => LoadAsync(
        async () => (await Report.GetAsync(OrganizationId, Leaving), await Needs.ListAsync(OrganizationId, Leaving), await Report.ActiveJobsAsync(OrganizationId, Leaving), await Changed.WeekAsync(OrganizationId, Leaving)),
        result => (_view, _needs, _active, _week) = result);

    // Another organization's jobs come by here too; only those that the query names are shown.
    private async Task ShowAsync(JobProgress progress)
    {
        if (Leaving.IsCancellationRequested)
        {
            return;
        }

        var before = _progress.GetValueOrDefault(progress.JobId);
        _progress[progress.JobId] = progress;
        if (progress.State is not (JobState.Running or JobState.Queued))
        {
            _progress.Remove(progress.JobId);
        }

        // That one ends is followed anyway.
        if (progress.State == JobState.Running && before?.State != JobState.Running)
        {
            await LoadAsync();
        }

        StateHasChanged();
    }

    protected override void Dispose(bool disposing)
    {
        _subscription?.Dispose();
        base.Dispose(disposing);
    }
}
