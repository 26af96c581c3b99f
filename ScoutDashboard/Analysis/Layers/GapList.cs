using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Gaps up to a number; the last one then says how many more there were.</summary>
internal sealed class GapList(int limit)
{
    private readonly List<ScanGap> _gaps = [];
    private readonly HashSet<ScanGap> _known = [];
    private int _more;

    public void Add(ScanGapKind kind, string path, string reason) => Add(new ScanGap(kind, path, reason));

    public void Add(ScanGap gap)
    {
        if (_gaps.Count == limit)
        {
            _more++;
        }
        else if (_known.Add(gap))
        {
            _gaps.Add(gap);
        }
    }

    public IReadOnlyList<ScanGap> ToList() => _more == 0 ? _gaps : [.. _gaps, new ScanGap(ScanGapKind.Limit, "", $"{_more} more gaps are not listed.")];
}
