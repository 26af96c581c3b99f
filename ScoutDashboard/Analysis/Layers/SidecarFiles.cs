using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Keeps the files of a layer that are read together with the file beside them until both have come, in whatever order.</summary>
internal sealed class SidecarFiles
{
    // A database larger than that is read without its log, and the log is then a gap.
    private const long MaxKeptBytes = 128 << 20;
    private readonly Dictionary<(string Extractor, string Path), KeptFile> _kept = [];
    private long _bytes;

    /// <param name="extractor">The extractor that wanted the file.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="content">All of the file.</param>
    /// <param name="detection">Where in the layer's list the file's detection is.</param>
    public void Offer(IPackageExtractor extractor, string path, ReadOnlySpan<byte> content, int detection)
    {
        // Of two files of one path the later counts.
        if (_kept.Remove((extractor.Id, path), out var before))
        {
            _bytes -= before.Content.Length;
        }

        if (!content.IsEmpty && _bytes + content.Length <= MaxKeptBytes)
        {
            _kept[(extractor.Id, path)] = new KeptFile(extractor, path, content.ToArray(), detection);
            _bytes += content.Length;
        }
    }

    /// <summary>The files that have their sidecar.</summary>
    public IEnumerable<(KeptFile File, KeptFile Sidecar)> Pairs()
    {
        foreach (var file in _kept.Values)
        {
            if (_kept.TryGetValue((file.Extractor.Id, file.Path + file.Extractor.SidecarSuffix), out var sidecar))
            {
                yield return (file, sidecar);
            }
        }
    }
}

internal sealed record KeptFile(IPackageExtractor Extractor, string Path, byte[] Content, int Detection);
