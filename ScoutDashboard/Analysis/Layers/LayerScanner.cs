using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Scans one layer in one pass: hash, inflate, tar, extractors. A result exists only if size, SHA-256, the compression's end and the tar's
/// end all agree; else <see cref="LayerException"/>. Faults of <paramref name="extractors"/>' files are gaps of those files.
/// </summary>
/// <param name="now">Measures <see cref="AnalysisLimits.WorkTime"/>: time that never goes back, from any start; without it that limit is none.</param>
public sealed class LayerScanner(IReadOnlyList<IPackageExtractor> extractors, AnalysisLimits limits, Func<TimeSpan>? now = null)
{
    // What archives inflate aside has its room kept free, half of it at most.
    private readonly ByteBudget _files = new(Math.Max(limits.BufferedBytes - limits.Formats.ZipNestedBytes, limits.BufferedBytes / 2));

    /// <summary>Raised whenever the same layer would give another result with the same extractors.</summary>
    public const int Version = 6;

    /// <summary>Scans a layer that is all of its image.</summary>
    public Task<LayerScan> ScanAsync(Stream blob, Digest digest, long size, IProgress<long> wireBytes, CancellationToken cancellationToken) =>
        ScanAsync(blob, digest, size, wireBytes, new ImageWork(limits), cancellationToken);

    /// <param name="blob">The blob as the registry sends it; not disposed.</param>
    /// <param name="digest">Its digest as the manifest declares it.</param>
    /// <param name="size">Its size on the wire as the manifest declares it, bytes.</param>
    /// <param name="wireBytes">Told the bytes read so far.</param>
    /// <param name="work">What the image's other layers cost counts here too.</param>
    /// <param name="cancellationToken">Stops between two reads.</param>
    public async Task<LayerScan> ScanAsync(Stream blob, Digest digest, long size, IProgress<long> wireBytes, ImageWork work, CancellationToken cancellationToken)
    {
        var time = new WorkTime(now ?? (() => TimeSpan.Zero), work);
        using var wire = new VerifiedStream(blob, digest, size, wireBytes, time);
        try
        {
            var guard = new RatioGuard(() => wire.WireBytes, limits, work);
            await using var unpacked = Decompress(wire, await wire.PeekAsync(4, cancellationToken));
            using var tar = new TarReader(unpacked ?? wire, limits, guard);
            var entries = new EntryScanner(tar, extractors, limits, new FileBody(tar, _files, time), new SidecarFiles(limits.SidecarBytes, _files));
            await entries.RunAsync(cancellationToken);
            if (!tar.SawEndMarker)
            {
                if (unpacked is null)
                {
                    throw new InvalidDataException("The tar stream has no end.");
                }

                // The compression ended: whoever made the layer left the marker out, or what they packed was cut.
                entries.TellMissingEnd();
            }

            await wire.DrainAsync(cancellationToken);
            time.Check();
            return entries.ToScan(size, guard.Total);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ZstdException)
        {
            // Broken bytes may be the transfer's fault: then the digest says so, and this read throws.
            await wire.DrainAsync(cancellationToken);
            throw new LayerException(LayerError.Malformed, $"Layer {digest.Short} is not a readable archive: {exception.Message}", exception);
        }
    }

    // By magic; the media type is only a claim (RFC 1952 section 2.3.1, RFC 8878 section 3.1.1; anything else must be a tar).
    private static Stream? Decompress(VerifiedStream wire, ReadOnlyMemory<byte> magic)
    {
        if (magic.Span is [0x1f, 0x8b, ..])
        {
            return new SealedGzipStream(wire);
        }

        if (magic.Span is [0x28, 0xb5, 0x2f, 0xfd] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18])
        {
            var stream = new DecompressionStream(wire, bufferSize: 128 << 10, checkEndOfStream: true, leaveOpen: true);
            // 128 MiB, what every decoder must accept at most by default (RFC 8878 section 3.1.1.1.2 leaves it to the decoder).
            stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 27);
            return stream;
        }

        return null;
    }
}
