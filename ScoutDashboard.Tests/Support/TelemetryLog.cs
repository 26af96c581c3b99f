using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Support;

/// <summary>Keeps the texts of the steps and measurements that applications tell a collector of. Listeners hear the whole process, so also what other tests do meanwhile.</summary>
internal sealed class TelemetryLog : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> _texts = new();
    private readonly ActivityListener _steps;
    private readonly MeterListener _meters = new();

    public TelemetryLog()
    {
        _steps = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ScoutTelemetry.Name, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_steps);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ScoutTelemetry.Name || instrument.Meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || instrument.Meter.Name == "System.Net.Http")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<int>((_, _, tags, _) => Keep(tags));
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Keep(tags));
        _meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Keep(tags));
        _meters.Start();
    }

    public byte[] Content => Encoding.UTF8.GetBytes(string.Join('\n', _texts.Keys));

    public void Dispose()
    {
        _steps.Dispose();
        _meters.Dispose();
    }

    private void Keep(Activity step)
    {
        Keep($"{step.DisplayName} {step.StatusDescription}");
        Keep(step.TagObjects);
        foreach (var happened in step.Events)
        {
            Keep(happened.Name);
            Keep(happened.Tags);
        }
    }

    private void Keep(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            Keep($"{tag.Key}={tag.Value}");
        }
    }

    private void Keep(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            Keep($"{tag.Key}={tag.Value}");
        }
    }

    private void Keep(string text) => _texts.TryAdd(text, 0);
}
