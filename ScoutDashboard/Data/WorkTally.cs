using System.Collections.Concurrent;

namespace ScoutDashboard.Data;

/// <summary>Counts what this process did since its start, for its own page; what others collect, <see cref="ScoutTelemetry"/>'s instruments tell.</summary>
public sealed class WorkTally
{
    private readonly ConcurrentDictionary<JobState, AttemptFigures> _attempts = new();
    private long _events;
    private long _pulledBytes;
    private long _pulledLayers;
    private long _knownLayers;

    public void EventStored() => Interlocked.Increment(ref _events);

    /// <param name="outcome">Queued where it is tried again.</param>
    public void AnalysisEnded(JobState outcome, TimeSpan duration) =>
        _attempts.AddOrUpdate(outcome, new AttemptFigures(1, duration), (_, before) => new AttemptFigures(before.Count + 1, before.Time + duration));

    public void LayerPulled(long bytes)
    {
        Interlocked.Add(ref _pulledBytes, bytes);
        Interlocked.Increment(ref _pulledLayers);
    }

    public void LayersKnown(int count) => Interlocked.Add(ref _knownLayers, count);

    public WorkFigures Read() =>
        new(Interlocked.Read(ref _events), new Dictionary<JobState, AttemptFigures>(_attempts), Interlocked.Read(ref _pulledBytes), Interlocked.Read(ref _pulledLayers), Interlocked.Read(ref _knownLayers));
}

/// <summary>What a process did since its start.</summary>
/// <param name="Events">Of registries, stored.</param>
/// <param name="Attempts">At analyses, by outcome; Queued where they are tried again.</param>
/// <param name="PulledBytes">Of layers.</param>
/// <param name="KnownLayers">Layers that analyses needed and whose scan was there.</param>
public sealed record WorkFigures(long Events, IReadOnlyDictionary<JobState, AttemptFigures> Attempts, long PulledBytes, long PulledLayers, long KnownLayers);

/// <param name="Time">Of all of them together.</param>
public readonly record struct AttemptFigures(long Count, TimeSpan Time)
{
    public TimeSpan Mean => Time / Count;
}
