using ScoutDashboard.Analysis;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary>Tells how far an analysis is, in one line of a terminal that goes when it ends; says nothing where errors go elsewhere.</summary>
internal sealed class TerminalProgress(TimeProvider clock) : IProgress<AnalysisProgress>, IDisposable
{
    private const string ClearLine = "\r\u001b[K";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly Lock _lock = new();
    private long? _last;
    private bool _isOver;

    public void Report(AnalysisProgress value)
    {
        lock (_lock)
        {
            if (!_isTerminal || _isOver || (_last is { } last && clock.GetElapsedTime(last) < Pause))
            {
                return;
            }

            _last = clock.GetTimestamp();
            Console.Error.Write($"{ClearLine}{value.Step}{(value.LayersTotal == 0 ? "" : $": {value.LayersDone} of {value.LayersTotal} layers, {ByteText.Of(value.BytesDone)} of {ByteText.Of(value.BytesTotal)}")}");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            if (_last is not null)
            {
                Console.Error.Write(ClearLine);
            }
        }
    }
}
