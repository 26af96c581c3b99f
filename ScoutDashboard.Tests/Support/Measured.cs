using System.Diagnostics;
using System.Diagnostics.Metrics;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Support;

/// <summary>What the dashboard measured in this test and nothing that others measured at the same time: of one scope, or of what was started from here.</summary>
public sealed class Measured : IDisposable
{
    private static readonly AsyncLocal<Measured?> Here = new();
    private readonly MeterListener _listener = new();
    private readonly ActivityListener _activities;
    private readonly object? _scope;
    private readonly List<(string Name, double Value, string Labels)> _values = [];
    private readonly List<Activity> _ended = [];

    /// <param name="scope">The instruments of this owner; null for those that all share.</param>
    public Measured(object? scope = null)
    {
        _scope = scope;
        Here.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ScoutTelemetry.Name && instrument.Meter.Scope == scope)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ScoutTelemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData, ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>The sum of what was counted, by <c>name{label=text}</c>; of durations how many there were.</summary>
    public IReadOnlyDictionary<string, double> Sums
    {
        get
        {
            lock (_values)
            {
                return _values.GroupBy(v => v.Name + v.Labels).ToDictionary(g => g.Key, g => g.Key.Contains("duration", StringComparison.Ordinal) ? g.Count() : g.Sum(v => v.Value));
            }
        }
    }

    /// <summary>Names of the activities that ended, each with its status.</summary>
    public IReadOnlyList<string> Activities
    {
        get
        {
            lock (_values)
            {
                return [.. _ended.Select(activity => $"{activity.DisplayName} {activity.Status}")];
            }
        }
    }

    /// <summary>Reads what is only measured when somebody asks.</summary>
    public void Ask() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        _activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (_scope is not null || Here.Value == this)
        {
            var text = string.Join(',', labels.ToArray().Select(label => $"{label.Key}={label.Value}"));
            lock (_values)
            {
                _values.Add((instrument.Name, value, $"{{{text}}}"));
            }
        }
    }

    private void Add(Activity activity)
    {
        if (Here.Value == this)
        {
            lock (_values)
            {
                _ended.Add(activity);
            }
        }
    }
}
