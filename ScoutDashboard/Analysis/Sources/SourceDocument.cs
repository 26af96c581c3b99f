using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>Reads small files of a layout whole, within a limit.</summary>
internal static class SourceDocument
{
    /// <summary>The file's bytes, or null where there is none. Throws <see cref="AnalysisException"/> for one that is longer than <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]?> TryReadAsync(ISourceFiles files, string name, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = files.TryOpen(name);
        if (stream is null)
        {
            return null;
        }

        if (stream.Length > maxBytes)
        {
            throw new AnalysisException($"{name} has {stream.Length} bytes; at most {maxBytes} are read.");
        }

        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    /// <summary>A blob's bytes, verified.</summary>
    public static async Task<byte[]> ReadBlobAsync(ISourceFiles files, Digest digest, int maxBytes, CancellationToken cancellationToken)
    {
        var content = await TryReadAsync(files, BlobName(digest), maxBytes, cancellationToken)
            ?? throw new AnalysisException($"Blob {digest.Value} is missing: the image is not whole.");
        return Digest.Of(content) == digest ? content
            : throw new AnalysisException($"The bytes of blob {digest.Value} have another digest: the image is damaged or was tampered with.");
    }

    /// <summary>OCI image-spec, image-layout.md.</summary>
    public static string BlobName(Digest digest) => $"blobs/sha256/{digest.Hex}";
}
