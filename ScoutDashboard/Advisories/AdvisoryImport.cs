using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>
/// Stores the advisories of one source, in small transactions so that other writers go on. Components whose advisories changed are marked for matching in the
/// transaction that lets a match see them: whatever happens in between, nothing is forgotten.
/// </summary>
public sealed class AdvisoryImport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
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
        foreach (var some in ids.Chunk(AdvisoryWriter.Batch))
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
        var seen = new RecordIds();
        var unread = new HashSet<string>(StringComparer.Ordinal);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var connection = await db.ForManyRowsAsync(cancellationToken);
        var writer = new AdvisoryWriter(db, scope, clock);
        var rejected = 0;
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
                    await writer.AddAsync(new ImportedRecord(record, document), cancellationToken);
                }
            }
        }
        catch (FeedException exception)
        {
            await writer.AbandonAsync(cancellationToken);
            if (isWhole && writer.Changed > 0)
            {
                throw new FeedException(exception.Message, exception) { IsHalfStored = true };
            }

            throw;
        }

        if (isWhole && seen.Count == 0 && (rejected > 0 || !scope.IsDerived))
        {
            throw new FeedException("The archive holds no advisory that could be read.");
        }

        known ??= await AllAsync(db, scope, cancellationToken);
        await writer.FinishAsync(cancellationToken);
        // A record that can't be read today is not gone: entries are named for their record.
        var gone = isWhole ? known.Keys.Where(id => !seen.Contains(id) && !unread.Contains(id)).ToList() : [];
        await writer.DeleteAsync(gone, cancellationToken);
        return new ImportResult(seen.Count, rejected, writer.Changed, writer.Added, newest);
    }

    // One whose part for matching was forgotten, see Advisory.Matching, is stored again.
    private static async Task<Dictionary<string, DateTime>> AllAsync(ScoutDb db, ImportScope scope, CancellationToken cancellationToken) =>
        await Stored(db, scope).Select(a => new { a.Id, a.Modified, IsWhole = a.Matching != null }).ToDictionaryAsync(a => a.Id, a => a.IsWhole ? a.Modified : DateTime.MinValue, StringComparer.Ordinal, cancellationToken);
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
