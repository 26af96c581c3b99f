using System.Data.Common;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Advisories;

/// <summary>The feeds, live: where advisories come from, how many there are, how old they are, and why one fails.</summary>
public sealed partial class FeedsPage
{
    // Feeds that this visitor asked for, with the attempt that was their last by then.
    private readonly Dictionary<string, DateTime?> _asked = new(StringComparer.Ordinal);
    private IDisposable? _subscription;
    private CancellationToken _leaving;
    private FeedsView? _view;
    private bool _failed;
    private bool _loading;
    private bool _stale;

    protected override async Task OnInitializedAsync()
    {
        _leaving = Closed;
        _subscription = Signal.OnChanged(() => _ = InvokeAsync(LoadAsync));
        await LoadAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _subscription?.Dispose();
        base.Dispose(disposing);
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
                _view = await List.GetAsync(_leaving);
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

    private async Task AskAsync(FeedRow? row)
    {
        foreach (var asked in row is null ? _view!.Feeds.Where(feed => feed.CanRun) : [row])
        {
            _asked[asked.State.Key] = asked.State.LastAttemptAt;
        }

        await Refresher.RequestRefreshAsync(Actor, row?.State.Key, _leaving);
    }

    private bool IsAsked(FeedState feed) => _asked.TryGetValue(feed.Key, out var before) && before == feed.LastAttemptAt;

    private StatusKind KindOf(FeedRow row) => row.State.Status switch
    {
        FeedStatus.Loading => StatusKind.Busy,
        _ when !row.IsNeeded || IsAsked(row.State) => StatusKind.Waiting,
        FeedStatus.Ready => StatusKind.Ok,
        FeedStatus.Failing => StatusKind.Error,
        _ => StatusKind.Waiting,
    };

    private string TextOf(FeedRow row) => row.State.Status switch
    {
        FeedStatus.Loading => T["Loading"],
        _ when !row.IsNeeded => T["Not needed"],
        _ when IsAsked(row.State) => T["Waiting"],
        FeedStatus.Ready => T["Ready"],
        FeedStatus.Failing => T["Failing"],
        _ => row.State.LastError is null ? T["Waiting"] : T["Not loaded"],
    };
}
