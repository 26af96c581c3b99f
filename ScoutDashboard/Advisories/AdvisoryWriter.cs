using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>
/// Writes one import's records, some at a time. The packages that new records name are written later than these, many together in the order of the index of names: it lies all over
/// that index, and would be written again whole with each few thousand. Until then the record is not known of its ecosystem, and an import that ends before is repeated.
/// </summary>
internal sealed class AdvisoryWriter(ScoutDb db, ImportScope scope, TimeProvider clock)
{
    /// <summary>As many records as keep a transaction within a tenth of a second or two.</summary>
    public const int Batch = 3000;

    // As above; each turn writes most pages of the index of an ecosystem.
    private const int MostWaiting = 30_000;

    private readonly List<ImportedRecord> _batch = new(Batch);
    private readonly List<AffectedPackage> _waiting = [];

    /// <summary>Records that were new or other than before, or went.</summary>
    public int Changed { get; private set; }

    /// <summary>How many of them were not stored of the scope before.</summary>
    public int Added { get; private set; }

    /// <summary>Takes a record, and writes where there are enough.</summary>
    public async Task AddAsync(ImportedRecord record, CancellationToken cancellationToken)
    {
        _batch.Add(record);
        if (_batch.Count == Batch)
        {
            await SaveAsync(cancellationToken);
        }
    }

    /// <summary>Writes all that it was given.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await SaveAsync(cancellationToken);
        await NameAsync(cancellationToken);
    }

    /// <summary>Completes the records that are written; those that are not are forgotten.</summary>
    public async Task AbandonAsync(CancellationToken cancellationToken)
    {
        _batch.Clear();
        await NameAsync(cancellationToken);
    }

    /// <summary>Takes records away. One that names other ecosystems, too, is in their archives as well: only its part of this one goes.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<string> gone, CancellationToken cancellationToken)
    {
        foreach (var ids in gone.Chunk(Batch))
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            var named = await db.AffectedPackages.AsNoTracking().Where(p => ids.Contains(p.AdvisoryId)).ToListAsync(cancellationToken);
            await db.AffectedPackages.Where(p => ids.Contains(p.AdvisoryId) && (scope.Ecosystem == null || p.EcosystemBase == scope.Ecosystem)).ExecuteDeleteAsync(cancellationToken);
            await db.Advisories.Where(a => ids.Contains(a.Id) && !db.AffectedPackages.Any(p => p.AdvisoryId == a.Id)).ExecuteDeleteAsync(cancellationToken);
            await MarkAsync(named, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Changed += ids.Length;
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var named = new List<AffectedPackage>();
        var existing = new List<ImportedRecord>();
        using (var rows = new RowInsert<Advisory>(db, SameKey.Kept))
        {
            foreach (var item in _batch)
            {
                (item.Row.Origin, item.Row.FirstReadAt, item.Row.ReadAt) = (scope.Origin, now, now);
                if (rows.Add(item.Row))
                {
                    named.AddRange(item.Packages);
                }
                else
                {
                    existing.Add(item);
                }
            }
        }

        var (changed, added) = (_batch.Count - existing.Count, _batch.Count - existing.Count);
        if (existing.Count > 0)
        {
            var (changedOfExisting, addedOfExisting) = await UpdateAsync(existing, cancellationToken);
            (changed, added) = (changed + changedOfExisting, added + addedOfExisting);
        }

        // Which records of a scope without an ecosystem are stored whole, nothing would tell later.
        if (scope.Ecosystem is null)
        {
            AddNames(named);
            await MarkAsync(named, cancellationToken);
            named.Clear();
        }

        await transaction.CommitAsync(cancellationToken);
        (Changed, Added) = (Changed + changed, Added + added);
        _batch.Clear();
        _waiting.AddRange(named);
        if (_waiting.Count >= MostWaiting)
        {
            await NameAsync(cancellationToken);
        }
    }

    private async Task NameAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0)
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            _waiting.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
            AddNames(_waiting);
            await MarkAsync(_waiting, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            _waiting.Clear();
        }
    }

    private void AddNames(IEnumerable<AffectedPackage> packages)
    {
        using var rows = new RowInsert<AffectedPackage>(db, SameKey.Kept);
        foreach (var package in packages)
        {
            rows.Add(package);
        }
    }

    // A record stands in the archive of each ecosystem that it names, and archives are not of one moment: an older copy never replaces a newer one. That holds
    // for an archive that was published again with an older record, too: a correction has a later `modified` (OSV schema), going back in time is an accident.
    // A copy as old as the stored one is saved where this ecosystem's part of it is missing.
    private async Task<(int Changed, int Added)> UpdateAsync(List<ImportedRecord> existing, CancellationToken cancellationToken)
    {
        var all = existing.ConvertAll(item => item.Row.Id);
        var stored = await db.Advisories.Where(a => all.Contains(a.Id))
            .Select(a => new
            {
                a.Id, a.Modified, a.Origin, a.FirstReadAt, a.ReadAt, HasMatching = a.Matching != null, Document = scope.IsDerived ? a.Document : null,
                HasPart = scope.Ecosystem == null || db.AffectedPackages.Any(p => p.AdvisoryId == a.Id && p.EcosystemBase == scope.Ecosystem),
            }).ToDictionaryAsync(a => a.Id, cancellationToken);
        existing.RemoveAll(item => stored[item.Row.Id] is var known && (known.Origin != scope.Origin
            || (scope.IsDerived ? known.HasPart && known.HasMatching && IsSame(known.Document!, item.Row.Document) : known.Modified > item.Row.Modified || (known.Modified == item.Row.Modified && known.HasPart && known.HasMatching))));
        var replaced = existing.ConvertAll(item => item.Row.Id);
        var before = (await db.AffectedPackages.AsNoTracking().Where(p => replaced.Contains(p.AdvisoryId)).ToListAsync(cancellationToken)).ToLookup(package => package.AdvisoryId, StringComparer.Ordinal);
        // A record that changes names the packages that it named before, nearly always: then their rows stay as they are.
        var reshaped = existing.FindAll(item => before[item.Row.Id].ExceptBy(item.Packages.Select(Key), Key).Any()).ConvertAll(item => item.Row.Id);
        await db.AffectedPackages.Where(p => reshaped.Contains(p.AdvisoryId)).ExecuteDeleteAsync(cancellationToken);
        using (var rows = new RowInsert<Advisory>(db, SameKey.Replaced))
        {
            foreach (var (row, _) in existing)
            {
                var known = stored[row.Id];
                // A text that was there is not new because more of it is kept.
                (row.FirstReadAt, row.ReadAt) = (known.FirstReadAt, known.Modified == row.Modified && known.HasPart && !scope.IsDerived ? known.ReadAt : row.ReadAt);
                rows.Add(row);
            }
        }

        var named = existing.SelectMany(item => item.Packages).ToList();
        AddNames(named);
        await MarkAsync(before.SelectMany(packages => packages).Concat(named), cancellationToken);
        return (existing.Count, existing.Count(item => !stored[item.Row.Id].HasPart));
    }

    private static (string Ecosystem, string Name) Key(AffectedPackage package) => (package.Ecosystem, package.Name);

    private static bool IsSame(byte[] stored, byte[] document)
    {
        try
        {
            return AdvisoryDocument.Decode(stored).AsSpan().SequenceEqual(AdvisoryDocument.Decode(document));
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async Task MarkAsync(IEnumerable<AffectedPackage> packages, CancellationToken cancellationToken)
    {
        foreach (var ecosystem in packages.Select(package => (package.EcosystemBase, package.Name)).Distinct().GroupBy(package => package.EcosystemBase))
        {
            foreach (var some in ecosystem.SelectMany(package => AdvisoryNames.MayMean(package.EcosystemBase, package.Name)).Distinct().Chunk(Batch))
            {
                await MatchMarks.AddAsync(db, db.Components.Where(c => c.EcosystemBase == ecosystem.Key && some.Contains(c.AdvisoryName)), cancellationToken);
            }
        }
    }
}
