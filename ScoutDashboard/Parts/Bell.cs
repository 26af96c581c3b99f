using System.Threading.Channels;

namespace ScoutDashboard.Parts;

/// <summary>
/// Has an open page shown anew after something changed. Any number of changes while it is shown ask for one time more, which is after a second, or later where showing takes long;
/// and all pages together never take more than a quarter of the cores' time, however many are open: half of the cores, which rest as long as a page took.
/// </summary>
/// <param name="turns">What the pages share, see <see cref="TurnsOn"/>.</param>
public sealed class Bell(SemaphoreSlim turns, TimeProvider clock)
{
    // Of the time, one page that follows takes at most a tenth.
    private const int Rest = 9;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    // A page that hangs must not keep all others from being shown.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);
    private static readonly SemaphoreSlim AllPages = TurnsOn(Environment.ProcessorCount);

    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Bell()
        : this(AllPages, TimeProvider.System)
    {
    }

    /// <summary>As many turns as pages may be shown at once on so many cores.</summary>
    public static SemaphoreSlim TurnsOn(int cores) => new(Math.Max(1, cores / 2));

    /// <summary>Says that something changed; on any thread, and at once.</summary>
    public void Ring() => _rung.Writer.TryWrite(item: true);

    /// <summary>Shows whenever it was rung, until cancelled.</summary>
    public async Task AnswerAsync(Func<Task> show, CancellationToken closed)
    {
        await foreach (var _ in _rung.Reader.ReadAllAsync(closed))
        {
            var pause = Rest * await ShowAsync(show, closed);
            await Task.Delay(pause > ShortestPause ? pause : ShortestPause, clock, closed);
        }
    }

    // How long it took, without the wait for a turn: a page that waited long is not to wait longer still.
    private async Task<TimeSpan> ShowAsync(Func<Task> show, CancellationToken closed)
    {
        await turns.WaitAsync(closed);
        var turn = new Turn(turns);
        var start = clock.GetTimestamp();
        using var limit = clock.CreateTimer(_ => turn.GiveBack(), null, LongestTurn, Timeout.InfiniteTimeSpan);
        try
        {
            await show();
            return clock.GetElapsedTime(start);
        }
        finally
        {
            _ = RestAsync(turn, clock.GetElapsedTime(start));
        }
    }

    private async Task RestAsync(Turn turn, TimeSpan took)
    {
        if (took > TimeSpan.Zero && took < LongestTurn)
        {
            await Task.Delay(took, clock, CancellationToken.None);
        }

        turn.GiveBack();
    }

    // Given back once, by whoever comes first.
    private sealed class Turn(SemaphoreSlim turns)
    {
        private int _isGivenBack;

        public void GiveBack()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                turns.Release();
            }
        }
    }
}
