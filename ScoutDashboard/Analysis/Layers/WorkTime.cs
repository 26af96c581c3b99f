namespace ScoutDashboard.Analysis.Layers;

/// <summary>Adds up how long one layer is worked at: what passes while it waits, for its bytes or for memory, does not count.</summary>
/// <param name="now">Time that never goes back, from any start.</param>
/// <param name="work">Told of it.</param>
internal sealed class WorkTime(Func<TimeSpan> now, ImageWork work)
{
    private TimeSpan _counted = now();

    /// <summary>When a wait begins, for <see cref="EndWait"/>.</summary>
    public TimeSpan BeginWait() => now();

    public void EndWait(TimeSpan began) => _counted += now() - began;

    /// <summary>Counts what passed since the last time; throws <see cref="LayerException"/> where it has been too long.</summary>
    public void Check()
    {
        var reached = now();
        work.AddTime(reached - _counted);
        _counted = reached;
    }
}
