using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ScoutDashboard.Images;

namespace ScoutDashboard.Benchmarks;

/// <summary>A layer as a registry keeps it: a packed tar in a temporary file, made from files in their order.</summary>
/// <param name="Path">The temporary file.</param>
/// <param name="Size">Bytes as packed.</param>
/// <param name="UncompressedSize">Bytes of the tar.</param>
internal sealed record PackedLayer(string Path, Digest Digest, long Size, long UncompressedSize, int Files)
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Stream Open(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Packs the files, until they would be larger than <paramref name="limit"/> bytes.</summary>
    public static PackedLayer Write(string path, IEnumerable<LayerContent> files, Packing packing = Packing.Gzip, long limit = long.MaxValue)
    {
        long uncompressed = 0;
        var count = 0;
        using (var file = File.Create(path))
        using (var packed = Compress(file, packing))
        using (var tar = new TarWriter(packed, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var content in files)
            {
                using var stream = content.Open();
                var size = 512 + ((stream.Length + 511) & ~511L);
                if (uncompressed + size > limit)
                {
                    continue;
                }

                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, content.Path) { DataStream = stream, ModificationTime = Time });
                uncompressed += size;
                count++;
            }
        }

        return Of(path, uncompressed, count);
    }

    /// <summary>The same tar, packed otherwise.</summary>
    public PackedLayer Repack(string path, Packing packing)
    {
        using (var file = File.Create(path))
        using (var packed = Compress(file, packing))
        using (var source = new GZipStream(File.OpenRead(Path), CompressionMode.Decompress))
        {
            source.CopyTo(packed);
        }

        return Of(path, UncompressedSize, Files);
    }

    private static PackedLayer Of(string path, long uncompressed, int files)
    {
        using var file = File.OpenRead(path);
        return new PackedLayer(path, Digest.FromHash(SHA256.HashData(file)), file.Length, uncompressed, files);
    }

    private static Stream Compress(Stream target, Packing packing) => packing switch
    {
        Packing.Zstd => new ZstdSharp.CompressionStream(target, level: 3),
        Packing.FastGzip => new GZipStream(target, CompressionLevel.Fastest),
        _ => new GZipStream(target, CompressionLevel.Optimal),
    };
}

/// <summary>How a layer is packed; builders use gzip's usual level, <see cref="FastGzip"/> is for layers whose making would take too long.</summary>
internal enum Packing { Gzip, FastGzip, Zstd }

/// <summary>A file of a layer; <paramref name="Open"/> gives a stream that knows its length.</summary>
internal readonly record struct LayerContent(string Path, Func<Stream> Open);
