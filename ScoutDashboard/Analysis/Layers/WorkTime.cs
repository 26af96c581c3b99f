namespace ScoutDashboard.Analysis.Layers;

/// <summary>How long one layer is worked at: what passes while it waits, for its bytes or for memory, does not count.</summary>
internal sealed class WorkTime(TimeProvider clock, TimeSpan limit)
{
    private readonly long _started = clock.GetTimestamp();
    private TimeSpan _waited;

    /// <summary>When a wait begins, for <see cref="EndWait"/>.</summary>
    public long BeginWait() => clock.GetTimestamp();

    public void EndWait(long began) => _waited += clock.GetElapsedTime(began);

    /// <summary>Throws <see cref="LayerException"/> where it has been too long.</summary>
    public void Check()
    {
        if (clock.GetElapsedTime(_started) - _waited > limit)
        {
            throw new LayerException(LayerError.Limit, $"The layer takes more than {limit.TotalMinutes:0.#} minutes to read.");
        }
    }
}
