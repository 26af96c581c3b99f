using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>An OCI image layout (image-spec, image-layout.md), of a folder or of a tar; every blob is verified by its digest.</summary>
/// <param name="name">The folder or file for a person.</param>
/// <param name="reference">A tag or a digest; null for the only image, or the one tagged latest.</param>
internal sealed class LayoutSource(ISourceFiles files, string name, string? reference, ManifestLimits limits) : IImageSource
{
    public const string Marker = "oci-layout";
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";

    public async Task<Manifest> FindAsync(CancellationToken cancellationToken) => await GetManifestAsync(Choose(await ReadIndexAsync(cancellationToken)), cancellationToken);

    /// <summary>Those that its index.json names beside the image, by their own word or under the tag <c>sha256-&lt;hex&gt;</c> (OCI distribution-spec, "Referrers Tag Schema").</summary>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        var referrers = new List<Descriptor>();
        foreach (var entry in await ReadIndexAsync(cancellationToken))
        {
            var isList = entry.Annotations.GetValueOrDefault(RefName) == $"sha256-{subject.Hex}";
            if (!isList && entry.Digest == subject)
            {
                continue;
            }

            switch ((await GetManifestAsync(entry.Digest, cancellationToken)).Content)
            {
                case ImageIndex { Manifests: var listed } when isList:
                    referrers.AddRange(listed);
                    break;
                case ImageManifest manifest when manifest.Subject == subject:
                    referrers.Add(entry with { ArtifactType = entry.ArtifactType ?? manifest.ArtifactType });
                    break;
            }
        }

        return referrers;
    }

    private async Task<IReadOnlyList<Descriptor>> ReadIndexAsync(CancellationToken cancellationToken)
    {
        var index = await SourceDocument.TryReadAsync(files, "index.json", limits.ManifestBytes, cancellationToken)
            ?? throw new AnalysisException($"{name} is no OCI layout: it has no index.json.");
        if (ManifestReader.Read(index, Digest.Of(index), contentType: null, limits).Content is not ImageIndex { Manifests: var entries })
        {
            throw new AnalysisException($"{name} is no OCI layout: its index.json is no index.");
        }

        return entries;
    }

    public async Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken) =>
        ManifestReader.Read(await SourceDocument.ReadBlobAsync(files, digest, limits.ManifestBytes, cancellationToken), digest, contentType: null, limits);

    public Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken) =>
        SourceDocument.ReadBlobAsync(files, blob.Digest, maxBytes, cancellationToken);

    public Task<Stream> OpenUnverifiedLayerAsync(Descriptor layer, CancellationToken cancellationToken) => Task.FromResult(
        files.TryOpen(SourceDocument.BlobName(layer.Digest)) ?? throw (layer.IsForeign
            // A layout need not have such a layer (OCI image-spec, layer.md): the others are read.
            ? new LayerException(LayerError.Malformed, $"Layer {layer.Digest.Short} may not be distributed and is not in {name}.")
            : new AnalysisException($"Layer {layer.Digest.Value} is missing: the image is not whole.")));

    public ValueTask DisposeAsync()
    {
        files.Dispose();
        return ValueTask.CompletedTask;
    }

    private Digest Choose(IReadOnlyList<Descriptor> entries)
    {
        var digests = entries.Where(entry => reference is null || IsNamed(entry, reference)).Select(entry => entry.Digest).Distinct().ToList();
        if (reference is null && digests.Count > 1)
        {
            digests = [.. entries.Where(entry => IsNamed(entry, "latest")).Select(entry => entry.Digest).Distinct()];
        }

        return digests switch
        {
            [var only] => only,
            _ when entries.Count == 0 => throw new AnalysisException($"{name} holds no image."),
            [] when reference is not null => throw new AnalysisException($"{name} holds no image {reference}. It holds {Names(entries)}."),
            [] => throw new AnalysisException($"{name} holds several images. Add :TAG for one of {Names(entries)}."),
            _ => throw new AnalysisException($"{name} holds several images of that name. Name one by its digest: {string.Join(", ", digests.Take(20))}."),
        };
    }

    private static bool IsNamed(Descriptor entry, string reference) => entry.Digest.ToString() == reference
        || entry.Annotations.GetValueOrDefault(RefName) == reference || entry.Annotations.GetValueOrDefault(ContainerdName) == reference;

    private static string Names(IReadOnlyList<Descriptor> entries) => string.Join(", ", entries.Take(20).Select(entry =>
        DisplayText.Sanitise(entry.Annotations.GetValueOrDefault(RefName) ?? entry.Annotations.GetValueOrDefault(ContainerdName) ?? entry.Digest.Value, 128)));
}
