using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Reports;

/// <summary>The images of one repository, live while analyses run.</summary>
public sealed partial class RepositoryPage
{
    private readonly Dictionary<long, JobProgress> _progress = [];
    private IReadOnlyList<RepositoryJob> _jobs = [];
    private IDisposable? _subscription;
    private PageOf<RepositoryImage>? _page;
    private RepositoryHead? _head;
    private bool _missing;

    [Parameter] public long RepositoryId { get; set; }
    [SupplyParameterFromQuery(Name = "search")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? Number { get; set; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        foreach (var progress in Feed.Running)
        {
            _progress[progress.JobId] = progress;
        }

        _subscription = Feed.Subscribe(progress => _ = InvokeAsync(() => ShowAsync(progress)));
        Follow(OnParametersSetAsync);
    }

    protected override Task OnParametersSetAsync() => LoadAsync(
        async () =>
        {
            var head = await Report.FindAsync(OrganizationId, RepositoryId, Leaving);
            return head is null
                ? (head, null, [])
                : (head, await Report.ImagesAsync(OrganizationId, RepositoryId, Query, new PageRequest(Number ?? 1, PageSize), Leaving),
                    await Report.JobsAsync(OrganizationId, RepositoryId, Leaving));
        },
        ((RepositoryHead? Head, PageOf<RepositoryImage>? Page, IReadOnlyList<RepositoryJob> Jobs) result) =>
        {
            (_head, _page, _jobs) = result;
            _missing = result.Head is null;
        });

    private async Task ShowAsync(JobProgress progress)
    {
        if (progress.RepositoryId != RepositoryId || Leaving.IsCancellationRequested)
        {
            return;
        }

        var known = _jobs.FirstOrDefault(job => job.Id == progress.JobId);
        _progress[progress.JobId] = progress;
        // That one ends is followed anyway.
        if (progress.State == JobState.Running && known?.State != JobState.Running)
        {
            await OnParametersSetAsync();
        }

        StateHasChanged();
    }

    protected override void Dispose(bool disposing)
    {
        _subscription?.Dispose();
        base.Dispose(disposing);
    }
}
