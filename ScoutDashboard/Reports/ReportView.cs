using System.Data.Common;
using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Reports;

/// <summary>What every report page, and every section of one, has: reading that may fail, and filters that live in the address.</summary>
public abstract class ReportView : ScoutPage
{
    protected const int PageSize = 50;
    private int _turn;
    private IReadOnlyList<IDisposable> _subscriptions = [];
    private CancellationToken _closed;

    [Inject] protected NavigationManager Navigation { get; set; } = default!;

    [Inject] protected JobFeed Feed { get; set; } = default!;

    [Inject] private ChangeSignal Changes { get; set; } = default!;

    /// <summary>Whether the last read failed; what was read before is still shown where there is any.</summary>
    protected bool Failed { get; private set; }

    /// <summary>Cancelled when the visitor leaves; readable after that too.</summary>
    protected CancellationToken Leaving => _closed;

    protected override void OnInitialized() => _closed = Closed;

    /// <summary>Reads again whenever jobs, matching or reconciling changed something, as <see cref="Bell"/> says, until the visitor leaves.</summary>
    protected void Follow(Func<Task> reload)
    {
        var ring = Coalesce(reload);
        _subscriptions =
        [
            Changes.Subscribe(ring),
            Feed.SubscribeToQueue(ring),
            Feed.Subscribe(progress =>
            {
                if (progress.State != JobState.Running)
                {
                    ring();
                }
            }),
        ];
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }

        _subscriptions = [];
        base.Dispose(disposing);
    }

    /// <summary>Reads and shows; of several reads at once only the newest is shown.</summary>
    protected async Task LoadAsync<T>(Func<Task<T>> read, Action<T> show)
    {
        var turn = ++_turn;
        try
        {
            var value = await read();
            if (turn == _turn && !_closed.IsCancellationRequested)
            {
                Failed = false;
                show(value);
            }
        }
        catch (DbException)
        {
            Failed = turn == _turn || Failed;
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    /// <summary>Sets a filter in the address, or takes it out where the value is null, and goes back to the first page.</summary>
    protected void Narrow(string name, object? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value is "" or false ? null : value, ["page"] = null }), replace: true);

    /// <summary>The address of this page with one value changed.</summary>
    protected string With(string name, string? value) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value, ["page"] = null });

    /// <summary>A value of the address as one of an enumeration's names; null for anything else.</summary>
    protected static TEnum? Choice<TEnum>(string? text)
        where TEnum : struct, Enum =>
        Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]) ? value : null;
}
