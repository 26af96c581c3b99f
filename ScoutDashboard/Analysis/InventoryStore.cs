using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>Stores an image's inventory in one transaction, in place of what it had; components and sets are shared with other images.</summary>
public sealed class InventoryStore(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    // SQLite takes 32,766 parameters; a query plan for so many is slow.
    private const int Batch = 500;
    private const int Attempts = 3;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task SaveAsync(long imageId, AnalysedImage image, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            try
            {
                await using var transaction = await db.BeginWriteAsync(cancellationToken);
                await ReplaceAsync(db, imageId, image, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException exception) when (attempt < Attempts && db.IsDuplicate(exception))
            {
                // Another image brought the same component or set between our look and our save; now it is there to be found.
            }
        }
    }

    /// <summary>What was stored of others' word on an image; null where nothing was, or it can't be read.</summary>
    public async Task<AttestationFindings?> ReadAttestationsAsync(long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var content = await db.ImageAttestations.Where(a => a.ImageId == imageId).Select(a => a.Content).SingleOrDefaultAsync(cancellationToken);
        try
        {
            return content is null ? null : JsonSerializer.Deserialize<AttestationFindings>(content, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task ReplaceAsync(ScoutDb db, long imageId, AnalysedImage image, CancellationToken cancellationToken)
    {
        var oldSets = await db.ImagePackageSets.Where(set => set.ImageId == imageId).Select(set => set.PackageSetId).Distinct().ToListAsync(cancellationToken);
        await db.ImagePackageSets.Where(set => set.ImageId == imageId).ExecuteDeleteAsync(cancellationToken);
        await db.ImageLayers.Where(layer => layer.ImageId == imageId).ExecuteDeleteAsync(cancellationToken);
        db.ImageLayers.AddRange(LayerSteps(imageId, image));
        var sets = await FindSetsAsync(db, image.Inventory.Sets, cancellationToken);
        await AddMissingSetsAsync(db, image.Inventory, sets, cancellationToken);
        foreach (var set in image.Inventory.Sets)
        {
            db.ImagePackageSets.Add(new ImagePackageSet { ImageId = imageId, PackageSetId = sets[Convert.ToHexString(set.Hash)], LayerIndex = set.Layer });
        }

        await db.ImageAttestations.Where(a => a.ImageId == imageId).ExecuteDeleteAsync(cancellationToken);
        if (image.Attestations is { } attestations)
        {
            var built = attestations.BuiltOn;
            db.ImageAttestations.Add(new ImageAttestations { ImageId = imageId, Content = JsonSerializer.Serialize(attestations, Json), BaseName = built?.Name, BaseDigest = built?.Digest });
        }

        var row = await db.Images.SingleAsync(i => i.Id == imageId, cancellationToken);
        Describe(row, image);
        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync(cancellationToken);
        await CountMarks.AddAsync(db, db.Images.Where(i => i.Id == imageId).Select(i => i.Id), cancellationToken);
        foreach (var batch in oldSets.Chunk(Batch))
        {
            await db.PackageSets.Where(set => batch.Contains(set.Id) && !db.ImagePackageSets.Any(used => used.PackageSetId == set.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private static async Task<Dictionary<string, long>> FindSetsAsync(ScoutDb db, IReadOnlyList<InventorySet> sets, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in sets.Select(set => set.Hash).Chunk(Batch))
        {
            foreach (var set in await db.PackageSets.Where(set => batch.Contains(set.Hash)).Select(set => new { set.Hash, set.Id }).ToListAsync(cancellationToken))
            {
                found[Convert.ToHexString(set.Hash)] = set.Id;
            }
        }

        return found;
    }

    private static async Task AddMissingSetsAsync(ScoutDb db, Inventory inventory, Dictionary<string, long> sets, CancellationToken cancellationToken)
    {
        var missing = inventory.Sets.Where(set => !sets.ContainsKey(Convert.ToHexString(set.Hash))).DistinctBy(set => Convert.ToHexString(set.Hash)).ToList();
        var components = await FindOrAddComponentsAsync(db, inventory, [.. missing.SelectMany(set => set.Components).Select(component => component.Purl).Distinct()], cancellationToken);
        var rows = missing.ConvertAll(set => new PackageSet { Hash = set.Hash, Kind = set.Kind, Count = set.Components.Count });
        db.PackageSets.AddRange(rows);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (row, set) in rows.Zip(missing))
        {
            sets[Convert.ToHexString(set.Hash)] = row.Id;
            db.PackageSetComponents.AddRange(set.Components.Select(component =>
                new PackageSetComponent
                {
                    PackageSetId = row.Id, ComponentId = components[component.Purl], Path = component.Path,
                    ReplacedVersion = component.Replaced?.Version, ReplacedLayer = component.Replaced?.Layer, ListedOnly = component.ListedOnly, PartOf = component.PartOf,
                }));
        }
    }

    private static async Task<Dictionary<string, long>> FindOrAddComponentsAsync(ScoutDb db, Inventory inventory, List<string> purls, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in purls.Chunk(Batch))
        {
            foreach (var component in await db.Components.Where(c => batch.Contains(c.Purl)).Select(c => new { c.Purl, c.Id }).ToListAsync(cancellationToken))
            {
                found[component.Purl] = component.Id;
            }
        }

        var added = purls.Where(purl => !found.ContainsKey(purl)).Select(purl => inventory.Components[purl]).Select(identity => new Component
        {
            Purl = identity.Purl, Type = identity.Type, Ecosystem = identity.Ecosystem, EcosystemBase = identity.EcosystemBase, Name = identity.Name,
            Version = identity.Version, AdvisoryName = identity.AdvisoryName, AdvisoryVersion = identity.AdvisoryVersion, GroupHint = identity.GroupHint, Owner = identity.Owner, StandIn = identity.StandIn?.ToString(), Stream = identity.Stream,
        }).ToList();
        db.Components.AddRange(added);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var component in added)
        {
            found[component.Purl] = component.Id;
        }

        return found;
    }

    private static IEnumerable<ImageLayer> LayerSteps(long imageId, AnalysedImage image)
    {
        foreach (var (ordinal, (step, index)) in image.Steps.Index())
        {
            var layer = index is { } at ? image.Manifest.Layers[at] : null;
            yield return new ImageLayer
            {
                ImageId = imageId, Ordinal = ordinal, LayerIndex = index, CreatedBy = step.Instruction, CreatedAt = step.CreatedAt,
                BlobDigest = layer?.Digest.Value, Size = layer?.Size ?? 0,
            };
        }
    }

    // Counts are null until the new components were matched: nobody knows yet.
    private void Describe(Image row, AnalysedImage image)
    {
        row.OsVersion = image.Config.Platform.OsVersion;
        row.Distribution = image.Distribution is { } distribution ? DisplayText.Sanitise(distribution.DisplayName, 200) : null;
        row.ConfigDigest = image.Manifest.Config.Digest.Value;
        row.Size = image.Manifest.Layers.Sum(layer => layer.Size);
        row.CreatedAt = image.Config.CreatedAt;
        row.LayerChain = LayerChains.Of(image.Manifest.Layers.Select(layer => layer.Digest.Value)) is [.., var whole] ? whole : null;
        row.Settings = JsonSerializer.Serialize(image.Settings, Json);
        row.Gaps = JsonSerializer.Serialize(image.Gaps, Json);
        row.Packages = image.Inventory.InstalledCount;
        (row.Critical, row.High, row.Medium, row.Low, row.Unknown, row.FixableCriticalHigh) = (null, null, null, null, null, 0);
        row.State = image.Gaps.Count == 0 ? ImageState.Analysed : ImageState.Partial;
        row.StateReason = null;
        row.AnalysedAt = clock.GetUtcNow().UtcDateTime;
    }
}
