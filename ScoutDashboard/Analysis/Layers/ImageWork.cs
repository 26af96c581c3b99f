namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// What scanning the layers of one image has cost so far, all that are scanned at the same time together. Whoever goes over a limit throws
/// <see cref="LayerException"/>, so that nothing partial is kept of the layer: its scan depends on the layer alone, and what the others cost does not.
/// </summary>
public sealed class ImageWork(AnalysisLimits limits)
{
    private long _unpacked;
    private long _ticks;

    /// <summary>Throws where the image may cost no more: then no further layer of it need be asked for.</summary>
    public void Check()
    {
        AddUnpacked(0);
        AddTime(TimeSpan.Zero);
    }

    internal void AddUnpacked(long bytes)
    {
        if (Interlocked.Add(ref _unpacked, bytes) > limits.UncompressedBytes)
        {
            throw new LayerException(LayerError.Limit, $"The image's layers unpack to more than {limits.UncompressedBytes} bytes.");
        }
    }

    internal void AddTime(TimeSpan time)
    {
        if (Interlocked.Add(ref _ticks, time.Ticks) > limits.WorkTime.Ticks)
        {
            throw new LayerException(LayerError.Limit, $"The image's layers take more than {limits.WorkTime.TotalMinutes:0.#} minutes to read.");
        }
    }
}
