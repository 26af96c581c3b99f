using System.Data.Common;
using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Repositories;

/// <summary>Repositories of one registry or of all, with their toggles; live while analyses run.</summary>
public sealed partial class RepositoryTable
{
    private const int PageSize = 50;
    private readonly Dictionary<long, JobProgress> _progress = [];
    private readonly HashSet<long> _selected = [];
    private IDisposable? _subscription;
    private CancellationToken _leaving;
    private RepositoryPage? _page;
    private bool _failed;
    private bool _working;
    private Action? _ring;
    private bool _hasNews;
    private bool _loading;
    private bool _stale;

    /// <summary>The registry, or null for all.</summary>
    [Parameter] public long? IntegrationId { get; set; }

    /// <summary>Whether names are still coming in.</summary>
    [Parameter] public bool Busy { get; set; }

    /// <summary>Why there may be none.</summary>
    [Parameter, EditorRequired] public string EmptyText { get; set; } = "";

    /// <summary>The button that an empty list shows.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    [SupplyParameterFromQuery(Name = "q")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "show")] private string? Show { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? Number { get; set; }

    private bool? Wanted => Show switch { "enabled" => true, "disabled" => false, _ => null };

    private bool IsFiltered => Wanted is not null || !string.IsNullOrWhiteSpace(Query);

    private int Shown => Math.Clamp(Number ?? 1, 1, 1_000_000);

    private RepositoryFilter Filter => new(OrganizationId, IntegrationId, Query, Wanted);

    private bool IsPageSelected => _page is { Rows.Count: > 0 } page && page.Rows.All(row => _selected.Contains(row.Id));

    protected override void OnInitialized()
    {
        _leaving = Closed;
        foreach (var progress in Feed.Running)
        {
            _progress[progress.JobId] = progress;
        }

        _ring = Coalesce(ShowAsync);
        _subscription = Feed.Subscribe(progress => _ = InvokeAsync(() => Note(progress)));
    }

    protected override Task OnParametersSetAsync() => LoadAsync();

    protected override void Dispose(bool disposing)
    {
        _subscription?.Dispose();
        base.Dispose(disposing);
    }

    private void Note(JobProgress progress)
    {
        if (_page?.Rows.Any(row => row.Id == progress.RepositoryId) != true)
        {
            return;
        }

        _hasNews |= progress.State != JobState.Running || !_progress.ContainsKey(progress.JobId);
        _progress[progress.JobId] = progress;
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
                _page = await Repositories.ListAsync(Filter, Shown - 1, PageSize, _leaving);
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

    private async Task SetAsync(IReadOnlyCollection<long> ids, bool enable)
    {
        _working = true;
        try
        {
            _ = enable ? await Repositories.EnableAsync(Actor, ids, _leaving) : await Repositories.DisableAsync(Actor, ids, _leaving);
            _selected.Clear();
        }
        catch (DbException)
        {
            _failed = true;
            return;
        }
        finally
        {
            _working = false;
        }

        await LoadAsync();
    }

    private async Task SelectAllAsync() => _selected.UnionWith(await Repositories.ListIdsAsync(Filter, _leaving));

    private void SelectPage(bool on)
    {
        foreach (var row in _page?.Rows ?? [])
        {
            Select(row.Id, on);
        }
    }

    private void Select(long id, bool on) => _ = on ? _selected.Add(id) : _selected.Remove(id);

    private void Narrow(string name, string? value)
    {
        _selected.Clear();
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = string.IsNullOrEmpty(value) ? null : value, ["page"] = null }), replace: true);
    }
}
