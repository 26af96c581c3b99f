namespace ScoutDashboard.Analysis.Layers;

/// <summary>How long one layer is worked at: what passes while it waits, for its bytes or for memory, does not count.</summary>
/// <param name="now">Time that never goes back, from any start.</param>
/// <param name="limit">The most.</param>
internal sealed class WorkTime(Func<TimeSpan> now, TimeSpan limit)
{
    private readonly TimeSpan _started = now();
    private TimeSpan _waited;

    /// <summary>When a wait begins, for <see cref="EndWait"/>.</summary>
    public TimeSpan BeginWait() => now();

    public void EndWait(TimeSpan began) => _waited += now() - began;

    /// <summary>Throws <see cref="LayerException"/> where it has been too long.</summary>
    public void Check()
    {
        if (now() - _started - _waited > limit)
        {
            throw new LayerException(LayerError.Limit, $"The layer takes more than {limit.TotalMinutes:0.#} minutes to read.");
        }
    }
}
