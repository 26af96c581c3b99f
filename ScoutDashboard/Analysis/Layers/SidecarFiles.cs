using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Keeps the files of a layer that are read together with the file beside them until both have come, in whatever order, up to a number of bytes.</summary>
internal sealed class SidecarFiles(long limit, ByteBudget budget)
{
    private readonly Dictionary<(string Extractor, string Path), KeptFile> _files = [];
    private long _bytes;

    /// <param name="extractor">The extractor that wanted the file.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="content">All of the file.</param>
    /// <param name="detection">Where in the layer's list the file's detection is.</param>
    public void Offer(IPackageExtractor extractor, string path, ReadOnlySpan<byte> content, int detection)
    {
        // Of two files of one path the later counts.
        if (_files.Remove((extractor.Id, path), out var before))
        {
            Count(-before.Content?.Length ?? 0);
        }

        if (!content.IsEmpty)
        {
            var isKept = _bytes + content.Length <= limit;
            Count(isKept ? content.Length : 0);
            _files[(extractor.Id, path)] = new KeptFile(extractor, path, isKept ? content.ToArray() : null, detection);
        }
    }

    /// <summary>The files that have their sidecar.</summary>
    public IEnumerable<(KeptFile File, KeptFile Sidecar)> Pairs() => All().Where(pair => IsKept(pair));

    /// <summary>The sidecars whose file, or that themselves, had no room.</summary>
    public IEnumerable<KeptFile> Parted() => All().Where(pair => !IsKept(pair)).Select(pair => pair.Sidecar);

    public void Release() => Count(-_bytes);

    private static bool IsKept((KeptFile File, KeptFile Sidecar) pair) => pair.File.Content is not null && pair.Sidecar.Content is not null;

    private void Count(long change)
    {
        _bytes += change;
        budget.Keep(change);
    }

    private IEnumerable<(KeptFile File, KeptFile Sidecar)> All()
    {
        foreach (var file in _files.Values)
        {
            if (_files.TryGetValue((file.Extractor.Id, file.Path + file.Extractor.SidecarSuffix), out var sidecar))
            {
                yield return (file, sidecar);
            }
        }
    }
}

/// <param name="Content">Null where there was no room for it.</param>
internal sealed record KeptFile(IPackageExtractor Extractor, string Path, byte[]? Content, int Detection);
