using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>
/// Stores the advisories of one source, in small transactions so that other writers go on. Components whose advisories changed are marked for matching in the
/// same transaction: whatever happens in between, nothing is forgotten.
/// </summary>
public sealed class AdvisoryImport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    // As many as keep a transaction within a tenth of a second or two: with fewer, each page of the indexes is written again and again.
    private const int Batch = 3000;

    /// <summary>Takes all records of a source: what is stored of it and not among them goes.</summary>
    /// <exception cref="FeedException">The records are not whole; what was stored of them by then is true and stays.</exception>
    public Task<ImportResult> ReplaceAsync(ImportScope scope, IAsyncEnumerable<AdvisoryItem> items, CancellationToken cancellationToken) =>
        ImportAsync(scope, items, isWhole: true, cancellationToken);

    /// <summary>Takes records that are new or changed; all others stay. Throws as <see cref="ReplaceAsync"/> does.</summary>
    public Task<ImportResult> UpdateAsync(ImportScope scope, IAsyncEnumerable<AdvisoryItem> items, CancellationToken cancellationToken) =>
        ImportAsync(scope, items, isWhole: false, cancellationToken);

    /// <summary>Those of some records that are stored of a source, each with its time of change.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> KnownAsync(ImportScope scope, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        foreach (var some in ids.Chunk(Batch))
        {
            await foreach (var advisory in Stored(db, scope).Where(a => some.Contains(a.Id)).Select(a => new { a.Id, a.Modified }).AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                known[advisory.Id] = advisory.Modified;
            }
        }

        return known;
    }

    private static IQueryable<Advisory> Stored(ScoutDb db, ImportScope scope) => db.Advisories
        .Where(a => a.Origin == scope.Origin && (scope.Ecosystem == null || db.AffectedPackages.Any(p => p.AdvisoryId == a.Id && p.EcosystemBase == scope.Ecosystem)));

    private async Task<ImportResult> ImportAsync(ImportScope scope, IAsyncEnumerable<AdvisoryItem> items, bool isWhole, CancellationToken cancellationToken)
    {
        // Of all only where it must be known what is gone.
        Dictionary<string, DateTime>? known = isWhole ? null : [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var unread = new HashSet<string>(StringComparer.Ordinal);
        var batch = new List<ImportedRecord>(Batch);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var connection = await db.ForManyRowsAsync(cancellationToken);
        int rejected = 0, changed = 0, added = 0;
        DateTime? newest = null;
        try
        {
            await foreach (var (name, document, record) in items.WithCancellation(cancellationToken))
            {
                known ??= await AllAsync(db, scope, cancellationToken);
                if (document is null || record is null || !seen.Add(record.Id))
                {
                    rejected++;
                    unread.Add(name);
                    continue;
                }

                newest = newest is null || record.Modified > newest ? record.Modified : newest;
                if (scope.IsDerived || !known.TryGetValue(record.Id, out var modified) || modified < record.Modified)
                {
                    batch.Add(new ImportedRecord(record, document));
                }

                if (batch.Count == Batch)
                {
                    await SaveAsync();
                }
            }
        }
        catch (FeedException exception) when (isWhole && changed > 0)
        {
            throw new FeedException(exception.Message, exception) { IsHalfStored = true };
        }

        if (isWhole && seen.Count == 0 && (rejected > 0 || !scope.IsDerived))
        {
            throw new FeedException("The archive holds no advisory that could be read.");
        }

        known ??= await AllAsync(db, scope, cancellationToken);
        await SaveAsync();
        if (isWhole)
        {
            // A record that can't be read today is not gone: entries are named for their record.
            var gone = known.Keys.Where(id => !seen.Contains(id) && !unread.Contains(id)).ToList();
            changed += await DeleteAsync(db, scope, gone, cancellationToken);
        }

        return new ImportResult(seen.Count, rejected, changed, added, newest);

        async Task SaveAsync()
        {
            var (changedOfBatch, addedOfBatch) = await this.SaveAsync(db, scope, batch, cancellationToken);
            changed += changedOfBatch;
            added += addedOfBatch;
            batch.Clear();
        }
    }

    private static async Task<Dictionary<string, DateTime>> AllAsync(ScoutDb db, ImportScope scope, CancellationToken cancellationToken) =>
        await Stored(db, scope).Select(a => new { a.Id, a.Modified }).ToDictionaryAsync(a => a.Id, a => a.Modified, StringComparer.Ordinal, cancellationToken);

    // A record stands in the archive of each ecosystem that it names, and archives are not of one moment: an older copy never replaces a newer one. That holds
    // for an archive that was published again with an older record, too: a correction has a later `modified` (OSV schema), going back in time is an accident.
    // A copy as old as the stored one is saved where this ecosystem's part of it is missing.
    private async Task<(int Changed, int Added)> SaveAsync(ScoutDb db, ImportScope scope, List<ImportedRecord> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return (0, 0);
        }

        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var all = batch.ConvertAll(item => item.Row.Id);
        var stored = await db.Advisories.Where(a => all.Contains(a.Id))
            .Select(a => new
            {
                a.Id, a.Modified, a.Origin, a.FirstReadAt, Document = scope.IsDerived ? a.Document : null,
                HasPart = scope.Ecosystem == null || db.AffectedPackages.Any(p => p.AdvisoryId == a.Id && p.EcosystemBase == scope.Ecosystem),
            }).ToDictionaryAsync(a => a.Id, cancellationToken);
        batch.RemoveAll(item => stored.TryGetValue(item.Row.Id, out var known) && (known.Origin != scope.Origin
            || (scope.IsDerived ? IsSame(known.Document!, item.Row.Document) : known.Modified > item.Row.Modified || (known.Modified == item.Row.Modified && known.HasPart))));
        var now = clock.GetUtcNow().UtcDateTime;
        var replaced = batch.FindAll(item => stored.ContainsKey(item.Row.Id)).ConvertAll(item => item.Row.Id);
        var before = (await db.AffectedPackages.AsNoTracking().Where(p => replaced.Contains(p.AdvisoryId)).ToListAsync(cancellationToken)).ToLookup(package => package.AdvisoryId, StringComparer.Ordinal);
        // A record that changes names the packages that it named before, nearly always: then their rows stay as they are.
        var reshaped = batch.FindAll(item => before.Contains(item.Row.Id) && before[item.Row.Id].ExceptBy(item.Packages.Select(Key), Key).Any()).ConvertAll(item => item.Row.Id);
        await db.AffectedPackages.Where(p => reshaped.Contains(p.AdvisoryId)).ExecuteDeleteAsync(cancellationToken);
        var names = before.SelectMany(packages => packages).Select(package => (package.EcosystemBase, package.Name)).ToHashSet();
        using var advisories = new RowInsert<Advisory>(db, replaces: true);
        using var affected = new RowInsert<AffectedPackage>(db, replaces: true);
        foreach (var (row, packages) in batch)
        {
            row.Origin = scope.Origin;
            row.FirstReadAt = stored.GetValueOrDefault(row.Id)?.FirstReadAt ?? now;
            row.ReadAt = now;
            advisories.Add(row);
            foreach (var package in packages)
            {
                affected.Add(package);
                names.Add((package.EcosystemBase, package.Name));
            }
        }

        await MarkAsync(db, names, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (batch.Count, batch.Count(item => stored.GetValueOrDefault(item.Row.Id)?.HasPart is not true));
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

    // A record that names other ecosystems, too, is in their archives as well: only its part of this one goes.
    private static async Task<int> DeleteAsync(ScoutDb db, ImportScope scope, List<string> gone, CancellationToken cancellationToken)
    {
        foreach (var ids in gone.Chunk(Batch))
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            var names = await NamesAsync(db, ids, cancellationToken);
            await db.AffectedPackages.Where(p => ids.Contains(p.AdvisoryId) && (scope.Ecosystem == null || p.EcosystemBase == scope.Ecosystem)).ExecuteDeleteAsync(cancellationToken);
            await db.Advisories.Where(a => ids.Contains(a.Id) && !db.AffectedPackages.Any(p => p.AdvisoryId == a.Id)).ExecuteDeleteAsync(cancellationToken);
            await MarkAsync(db, names, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return gone.Count;
    }

    private static async Task<HashSet<(string EcosystemBase, string Name)>> NamesAsync(ScoutDb db, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var names = await db.AffectedPackages.Where(p => ids.Contains(p.AdvisoryId)).Select(p => new { p.EcosystemBase, p.Name }).Distinct().ToListAsync(cancellationToken);
        return [.. names.Select(name => (name.EcosystemBase, name.Name))];
    }

    private static async Task MarkAsync(ScoutDb db, HashSet<(string EcosystemBase, string Name)> names, CancellationToken cancellationToken)
    {
        foreach (var ecosystem in names.GroupBy(name => name.EcosystemBase))
        {
            foreach (var some in ecosystem.SelectMany(name => AdvisoryNames.MayMean(name.EcosystemBase, name.Name)).Distinct().Chunk(Batch))
            {
                await MatchMarks.AddAsync(db, db.Components.Where(c => c.EcosystemBase == ecosystem.Key && some.Contains(c.AdvisoryName)), cancellationToken);
            }
        }
    }
}

/// <summary>Which of the stored advisories an import speaks for.</summary>
/// <param name="Origin">Who brings them, see <see cref="Advisory.Origin"/>. A record of another origin with the same id is never replaced.</param>
/// <param name="Ecosystem">Only those that name this base ecosystem; null for all of that origin.</param>
public sealed record ImportScope(string Origin, string? Ecosystem)
{
    /// <summary>Whether the feed makes the records itself: they may change though their source tells no later time, and there may be none.</summary>
    public bool IsDerived { get; init; }
}

/// <param name="Records">Records of the scope that could be read: of a whole source all that are stored.</param>
/// <param name="Rejected">Those that could not be read.</param>
/// <param name="Changed">Records that were new, other than before, or gone.</param>
/// <param name="Added">How many of the changed ones were not stored of the scope before.</param>
/// <param name="Newest">The latest time of change of those that could be read.</param>
public sealed record ImportResult(int Records, int Rejected, int Changed, int Added, DateTime? Newest);
