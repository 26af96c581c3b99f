using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>Adds up the bytes of layers that are pulled at the same time.</summary>
public sealed class PullProgress(IProgress<AnalysisProgress> progress)
{
    private readonly Dictionary<Digest, long> _bytes = [];
    private readonly Lock _lock = new();
    private int _layers;
    private int _done;
    private long _total;

    public void Begin(int layers, int alreadyKnown, long bytes)
    {
        (_layers, _done, _total) = (layers, alreadyKnown, bytes);
        Report(default, 0, isDone: false);
    }

    public IProgress<long> For(Digest layer) => new Bytes(this, layer);

    public void Done(Digest layer, long size) => Report(layer, size, isDone: true);

    private void Report(Digest layer, long bytes, bool isDone)
    {
        lock (_lock)
        {
            _bytes[layer] = bytes;
            _done += isDone ? 1 : 0;
            progress.Report(new AnalysisProgress("Scanning layers", _done, _layers, _bytes.Values.Sum(), _total));
        }
    }

    private sealed class Bytes(PullProgress owner, Digest layer) : IProgress<long>
    {
        public void Report(long value) => owner.Report(layer, value, isDone: false);
    }
}
