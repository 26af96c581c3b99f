using System.Data.Common;
using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>All jobs, live: what runs, what waits, what ended and why.</summary>
public sealed partial class JobsPage
{
    private const int PageSize = 50;
    private readonly Dictionary<long, JobProgress> _progress = [];
    private readonly List<IDisposable> _subscriptions = [];
    private CancellationToken _leaving;
    private JobPage? _page;
    private string? _notice;
    private bool _failed;
    private Action? _ring;
    private bool _hasNews;
    private bool _loading;
    private bool _stale;

    [SupplyParameterFromQuery(Name = "q")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? Number { get; set; }

    private JobState? Wanted => Enum.GetValues<JobState>().Where(state => state.ToString().Equals(State, StringComparison.OrdinalIgnoreCase)).Select(state => (JobState?)state).FirstOrDefault();

    private int Shown => Math.Clamp(Number ?? 1, 1, 1_000_000);

    protected override void OnInitialized()
    {
        _leaving = Closed;
        foreach (var progress in Feed.Running)
        {
            _progress[progress.JobId] = progress;
        }

        _ring = Coalesce(ShowAsync);
        _subscriptions.Add(Feed.Subscribe(progress => _ = InvokeAsync(() => Note(progress))));
        _subscriptions.Add(Feed.SubscribeToQueue(() => _ = InvokeAsync(NoteQueue)));
    }

    protected override Task OnParametersSetAsync() => LoadAsync();

    protected override void Dispose(bool disposing)
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        base.Dispose(disposing);
    }

    private void Note(JobProgress progress)
    {
        _hasNews |= progress.State != JobState.Running || !_progress.ContainsKey(progress.JobId);
        _progress[progress.JobId] = progress;
        if (progress.State != JobState.Running)
        {
            _progress.Remove(progress.JobId);
        }

        _ring?.Invoke();
    }

    private void NoteQueue()
    {
        _hasNews = true;
        _ring?.Invoke();
    }

    // Progress is shown without asking the database.
    private async Task ShowAsync()
    {
        if (_hasNews)
        {
            _hasNews = false;
            await LoadAsync();
        }
    }

    // While one read goes on, any number of changes ask for one more only.
    private async Task LoadAsync()
    {
        _stale = true;
        if (_loading)
        {
            return;
        }

        _loading = true;
        try
        {
            while (_stale && !_leaving.IsCancellationRequested)
            {
                _stale = false;
                _page = await List.ListAsync(OrganizationId, Wanted, Query, Shown - 1, PageSize, _leaving);
                _failed = false;
            }
        }
        catch (DbException)
        {
            _failed = true;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            _loading = false;
        }

        StateHasChanged();
    }

    private async Task TryAgainAsync(JobRow job)
    {
        var outcome = await Queue.TryAgainAsync(Actor, job.Id, _leaving);
        _notice = outcome == TryAgainOutcome.Queued ? null : NoticeOf(outcome, job);
        await LoadAsync();
    }

    private string NoticeOf(TryAgainOutcome outcome, JobRow job) => outcome switch
    {
        TryAgainOutcome.AlreadyQueued => T["This image is queued or being analysed already."],
        TryAgainOutcome.RepositoryDisabled => T["Image analysis is disabled for {0}. Enable it first.", job.Repository],
        _ => T["This job has not failed."],
    };

    private void Narrow(string name, string? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = string.IsNullOrEmpty(value) ? null : value, ["page"] = null }), replace: true);

    private string Count(JobState? state) => _page is null ? "" : $"({_page.Total(state):N0})";

    private string StateText(JobState state) => state == JobState.Succeeded ? T["Done"] : T[state.ToString()];

    private string ReasonText(JobReason reason) => reason switch
    {
        JobReason.Enabled => T["Enabling"],
        JobReason.Push => T["Push event"],
        JobReason.Reconcile => T["Reconcile"],
        _ => T["A person"],
    };
}
