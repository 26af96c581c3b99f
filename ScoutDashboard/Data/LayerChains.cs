using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>
/// Names stacks of layers, as OCI image-spec, config.md names its ChainID, but over the digests of the blobs: those the registry vouches for. The first
/// chain is the lowest layer's digest, each further one the SHA-256 of <c>"{chain below} {digest}"</c>.
/// </summary>
public static class LayerChains
{
    private const int Batch = 200;

    /// <summary>The chain at each depth, bottom to top; the last stands for all layers.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> blobDigests)
    {
        var chains = new List<string>();
        foreach (var digest in blobDigests)
        {
            chains.Add(chains is [.., var below] ? Digest.Of(System.Text.Encoding.ASCII.GetBytes($"{below} {digest}")).Value : digest);
        }

        return chains;
    }

    /// <summary>Gives images that were analysed before there were chains theirs; returns how many.</summary>
    public static async Task<int> FillAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        var filled = 0;
        for (long last = 0; ;)
        {
            var ids = await db.Images.Where(i => i.Id > last && i.LayerChain == null && i.AnalysedAt != null && i.Kind == ImageKind.Image)
                .OrderBy(i => i.Id).Select(i => i.Id).Take(Batch).ToListAsync(cancellationToken);
            if (ids.Count == 0)
            {
                return filled;
            }

            var layers = await db.ImageLayers.Where(l => ids.Contains(l.ImageId) && l.BlobDigest != null).OrderBy(l => l.LayerIndex)
                .Select(l => new { l.ImageId, Digest = l.BlobDigest! }).ToListAsync(cancellationToken);
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            foreach (var image in layers.GroupBy(l => l.ImageId, l => l.Digest))
            {
                var chain = Of(image)[^1];
                filled += await db.Images.Where(i => i.Id == image.Key).ExecuteUpdateAsync(set => set.SetProperty(i => i.LayerChain, chain), cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            last = ids[^1];
        }
    }
}
