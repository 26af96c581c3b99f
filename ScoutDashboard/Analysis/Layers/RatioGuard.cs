namespace ScoutDashboard.Analysis.Layers;

/// <summary>Stops decompression bombs: what the whole image may unpack to, and a ratio that holds over a window, not for one run of zeros.</summary>
internal sealed class RatioGuard(Func<long> wireBytes, AnalysisLimits limits, ImageWork work)
{
    private long _windowStart;
    private long _windowWire;

    /// <summary>Uncompressed bytes so far.</summary>
    public long Total { get; private set; }

    public void Add(int count)
    {
        Total += count;
        work.AddUnpacked(count);
        if (Total - _windowStart < limits.RatioWindow)
        {
            return;
        }

        var wire = wireBytes();
        if (Total - _windowStart > (wire - _windowWire) * limits.Ratio)
        {
            throw new LayerException(LayerError.Limit, $"The layer unpacks to more than {limits.Ratio} times its size.");
        }

        (_windowStart, _windowWire) = (Total, wire);
    }
}
