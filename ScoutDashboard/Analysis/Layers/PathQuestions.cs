using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Finds who wants a file by its path. Every file of every layer is asked about, so only those are asked whose paths may end with the same character.</summary>
internal sealed class PathQuestions
{
    private const int Characters = 128;

    // One list more, for paths that end with none of these. As delegates, which lead straight to the method where a call of the interface would search for it.
    private readonly (IPackageExtractor Extractor, Question Wants)[][] _byLast = new (IPackageExtractor, Question)[Characters + 1][];

    public PathQuestions(IReadOnlyList<IPackageExtractor> extractors)
    {
        for (var last = 0; last < _byLast.Length; last++)
        {
            _byLast[last] = [.. extractors.Where(extractor => MayWant(extractor, (char)last)).Select(extractor => (extractor, new Question(extractor.Wants)))];
        }
    }

    private delegate bool Question(ReadOnlySpan<char> path);

    /// <summary>Fills <paramref name="wanting"/> with those that want the file, in their order.</summary>
    public void Ask(ReadOnlySpan<char> path, List<IPackageExtractor> wanting)
    {
        wanting.Clear();
        foreach (var (extractor, wants) in _byLast[Math.Min((int)path[^1], Characters)])
        {
            if (wants(path))
            {
                wanting.Add(extractor);
            }
        }
    }

    private static bool MayWant(IPackageExtractor extractor, char last) =>
        extractor.Endings?.Any(ending => char.ToLowerInvariant(ending[^1]) == char.ToLowerInvariant(last)) ?? true;
}
