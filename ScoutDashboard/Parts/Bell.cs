using System.Diagnostics;
using System.Threading.Channels;

namespace ScoutDashboard.Parts;

/// <summary>
/// Has an open page shown anew after something changed. Any number of changes while it is shown ask for one time more, which is after a second, or later where showing takes long;
/// and all pages together never take more than half of the cores, however many are open.
/// </summary>
public sealed class Bell
{
    // Of the time, one page that follows takes at most a tenth.
    private const int Rest = 9;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    // A page that hangs must not keep all others from being shown.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that something changed; on any thread, and at once.</summary>
    public void Ring() => _rung.Writer.TryWrite(item: true);

    /// <summary>Shows whenever it was rung, until cancelled.</summary>
    public async Task AnswerAsync(Func<Task> show, CancellationToken closed)
    {
        await foreach (var _ in _rung.Reader.ReadAllAsync(closed))
        {
            var start = Stopwatch.GetTimestamp();
            await ShowAsync(show, closed);
            var pause = Rest * Stopwatch.GetElapsedTime(start);
            await Task.Delay(pause > ShortestPause ? pause : ShortestPause, closed);
        }
    }

    private static async Task ShowAsync(Func<Task> show, CancellationToken closed)
    {
        var hasTurn = await Turns.WaitAsync(LongestWait, closed);
        try
        {
            await show();
        }
        finally
        {
            if (hasTurn)
            {
                Turns.Release();
            }
        }
    }
}
