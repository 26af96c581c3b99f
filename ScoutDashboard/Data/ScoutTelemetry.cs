using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ScoutDashboard.Data;

/// <summary>What the dashboard measures of itself. Labels are words of ours or keys of feeds: no image, repository or account, which nobody bounds.</summary>
public static class ScoutTelemetry
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "ScoutDashboard";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> EventCounter = Meter.CreateCounter<long>("scout.events", "{event}", "Events of registries that were stored, by kind");
    private static readonly Histogram<double> AnalysisTimes = Meter.CreateHistogram<double>("scout.analysis.duration", "s", "Attempts at analyses, by outcome",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 20, 60, 120, 300, 900, 1800] });
    private static readonly Counter<long> PulledBytes = Meter.CreateCounter<long>("scout.pulled", "By", "Bytes of layers that were pulled and scanned");
    private static readonly Counter<long> LayerCounter = Meter.CreateCounter<long>("scout.layers", "{layer}", "Layers that analyses needed, by where their scan came from: registry or cache");

    private static readonly Counter<long> RemovedCounter = Meter.CreateCounter<long>("scout.removed", "{row}", "What was removed because nobody needs it any more, by kind");

    /// <summary>One activity for each analysis, refresh of a feed, and matching.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>The same since the start, to be read here.</summary>
    public static WorkTally Tally { get; } = new();

    public static void EventStored(RegistryEventKind kind)
    {
        Tally.EventStored();
        EventCounter.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString()));
    }

    /// <param name="outcome">Succeeded, Failed or Cancelled; Queued where it is tried again.</param>
    public static void AnalysisEnded(JobState outcome, TimeSpan duration)
    {
        Tally.AnalysisEnded(outcome, duration);
        AnalysisTimes.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome == JobState.Queued ? "Retried" : outcome.ToString()));
    }

    public static void LayerPulled(long bytes)
    {
        Tally.LayerPulled(bytes);
        PulledBytes.Add(bytes);
        LayerCounter.Add(1, new KeyValuePair<string, object?>("source", "registry"));
    }

    /// <param name="kind">A word of ours.</param>
    public static void Removed(string kind, int count) => RemovedCounter.Add(count, new KeyValuePair<string, object?>("kind", kind));

    public static void LayersKnown(int count)
    {
        Tally.LayersKnown(count);
        LayerCounter.Add(count, new KeyValuePair<string, object?>("source", "cache"));
    }
}
