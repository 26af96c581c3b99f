namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>A small whole file of one format.</summary>
/// <param name="Name">What tells it from the others.</param>
/// <param name="Extractor">Id of the extractor that reads it.</param>
/// <param name="Path">Where in an image it lies.</param>
/// <param name="Inner">The file, or what <paramref name="Pack"/> makes the file of.</param>
/// <param name="Pack">How the file is compressed or wrapped; null where it is plain.</param>
internal sealed record Golden(string Name, string Extractor, string Path, byte[] Inner, Func<byte[], byte[]>? Pack = null)
{
    /// <summary>The file.</summary>
    public byte[] Content { get; } = Pack is null ? Inner : Pack(Inner);

    /// <summary>The file beside it that is read with it.</summary>
    public byte[]? Sidecar { get; init; }
}
