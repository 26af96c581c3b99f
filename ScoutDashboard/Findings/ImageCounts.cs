using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>
/// Counts the vulnerabilities of the images that are marked for it, each once by its highest severity where no exception covers it; an index counts those of all its
/// images. What nobody knows stays null.
/// </summary>
internal sealed class ImageCounts(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int Batch = 200;

    /// <summary>Returns how many images were counted.</summary>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var coverage = new AdvisoryCoverage(db);
        var counted = 0;
        long last = 0;
        while (await NextAsync(db, last, cancellationToken) is { Count: > 0 } batch)
        {
            counted += await RefreshAsync(db, coverage, batch, cancellationToken);
            last = batch[^1].Id;
        }

        return counted;
    }

    private static Task<List<DueImage>> NextAsync(ScoutDb db, long after, CancellationToken cancellationToken) =>
        db.Images.Where(i => i.CountsDue > 0 && i.Id > after).OrderBy(i => i.Id).Select(i => new DueImage(i.Id, i.CountsDue)).Take(Batch).ToListAsync(cancellationToken);

    private async Task<int> RefreshAsync(ScoutDb db, AdvisoryCoverage coverage, List<DueImage> due, CancellationToken cancellationToken)
    {
        var ids = due.ConvertAll(image => image.Id);
        var children = (await db.IndexEntries.Where(e => ids.Contains(e.IndexId)).ToListAsync(cancellationToken)).ToLookup(e => e.IndexId, e => e.ImageId);
        var analysed = new Dictionary<long, Analysed>();
        foreach (var batch in ids.Concat(children.SelectMany(index => index)).Distinct().Chunk(ComponentMatching.Batch))
        {
            foreach (var image in await db.Images.Where(i => batch.Contains(i.Id) && i.AnalysedAt != null)
                .Select(i => new Analysed(i.Id, i.Gaps, i.Repository!.Integration!.OrganizationId, new ImagePlace(i.Repository.Integration.Hostname, i.Repository.Name, i.Digest))).ToListAsync(cancellationToken))
            {
                analysed.Add(image.Id, image);
            }
        }

        // After the marks were read: one that is made meanwhile marks again.
        var exceptions = new Dictionary<int, ExceptionSet>();
        foreach (var organizationId in analysed.Values.Select(image => image.OrganizationId).Distinct())
        {
            exceptions.Add(organizationId, await ExceptionReader.InForceAsync(db, organizationId, clock.GetUtcNow().UtcDateTime, cancellationToken));
        }

        var holdings = await ImageHoldings.ReadAsync(db, analysed.Keys, [.. exceptions.Values.SelectMany(set => set.Names)], cancellationToken);
        var counts = new List<(DueImage Image, Count? Count)>();
        foreach (var image in due)
        {
            var holders = (children.Contains(image.Id) ? children[image.Id] : [image.Id]).Where(analysed.ContainsKey).Select(id => analysed[id]).ToList();
            counts.Add((image, holders.Count == 0 ? null : await CountAsync(holdings, holders, exceptions[holders[0].OrganizationId], coverage, cancellationToken)));
        }

        return await WriteAsync(db, counts, cancellationToken);
    }

    private static async Task<Count> CountAsync(ImageHoldings holdings, List<Analysed> holders, ExceptionSet exceptions, AdvisoryCoverage coverage, CancellationToken cancellationToken)
    {
        var ids = holders.ConvertAll(holder => holder.Id);
        var components = holdings.Of(ids);
        var unmatched = new List<string>();
        var ecosystems = components.Select(c => c.Ecosystem).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var ecosystem in ecosystems)
        {
            if (!await coverage.HasDataAsync(ecosystem, cancellationToken))
            {
                unmatched.Add(ecosystem.Length == 0 ? string.Join(", ", components.Where(c => c.Ecosystem.Length == 0).Select(SourceOf).Distinct().Order(StringComparer.Ordinal)) : ecosystem);
            }
        }

        // Nothing installed is "clean" only where nothing tells that there is more: neither a gap nor a lock file whose packages were not found.
        var isWhole = holders.TrueForAll(holder => holder.Gaps == "[]") && !holdings.Declares(ids);
        var isKnown = components.Count == 0 ? isWhole : unmatched.Count < ecosystems.Count && components.All(c => c.IsMatched);
        var judged = isKnown ? Judged(holdings, holders, components, exceptions).ToList() : [];
        // What is accepted in one package and not known of another has not left the counts: it stands there by what is left of it.
        var partly = judged.Where(f => f.Found.IsAffected && f.IsCovered).Select(f => f.Found.VulnerabilityId).ToHashSet(StringComparer.Ordinal);
        var open = judged.Where(f => !f.IsCovered && (f.Found.IsAffected || partly.Contains(f.Found.VulnerabilityId))).GroupBy(f => f.Found.VulnerabilityId, StringComparer.Ordinal)
            .Select(same => (Severity: same.Max(f => f.Found.Severity), IsFixable: same.Any(f => f.Found.IsFixable))).ToList();
        var accepted = exceptions.IsEmpty ? 0 : Acceptance.Of(judged.Select(f => (f.Found.VulnerabilityId, f.IsCovered))).Count;
        SeverityCounts? severities = isKnown ? SeverityCounts.Of(open.Select(f => f.Severity)) : null;
        return new Count(severities, open.Count(f => f.IsFixable && f.Severity >= SeverityLevel.High), accepted, components.Count, string.Join(", ", unmatched));
    }

    // With whether an exception covers it, in each of the images that has it.
    private static IEnumerable<(Found Found, bool IsCovered)> Judged(ImageHoldings holdings, List<Analysed> holders, IReadOnlyCollection<HeldComponent> components, ExceptionSet exceptions) =>
        exceptions.IsEmpty ? components.SelectMany(c => c.Findings).Select(found => (found, false))
        : from holder in holders
          from component in holdings.Of([holder.Id])
          from found in component.Findings
          select (found, exceptions.Find(new ExceptionSubject([found.VulnerabilityId, .. found.OtherCves], component.Purl, holder.Place)) is not null);

    // What to call packages that no advisories are known for.
    private static string SourceOf(HeldComponent component) => component.Type switch
    {
        "deb" or "apk" or "rpm" => "unknown distribution",
        "generic" => "single programs",
        "windows" => "Windows",
        _ => component.Type,
    };

    // Only where no further mark came since the image was read: else these counts may be of what it held before, and the next round counts again.
    private static async Task<int> WriteAsync(ScoutDb db, List<(DueImage Image, Count? Count)> counts, CancellationToken cancellationToken)
    {
        var written = 0;
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        foreach (var (image, count) in counts)
        {
            var row = db.Images.Where(i => i.Id == image.Id && i.CountsDue == image.Marks);
            var severities = count?.Severities;
            written += count is null
                ? await row.ExecuteUpdateAsync(set => set.SetProperty(i => i.CountsDue, 0), cancellationToken)
                : await row.ExecuteUpdateAsync(
                    set => set.SetProperty(i => i.Critical, severities.HasValue ? severities.Value.Critical : null).SetProperty(i => i.High, severities.HasValue ? severities.Value.High : null)
                        .SetProperty(i => i.Medium, severities.HasValue ? severities.Value.Medium : null).SetProperty(i => i.Low, severities.HasValue ? severities.Value.Low : null)
                        .SetProperty(i => i.Unknown, severities.HasValue ? severities.Value.Unknown : null).SetProperty(i => i.FixableCriticalHigh, count.FixableCriticalHigh).SetProperty(i => i.Accepted, count.Accepted)
                        .SetProperty(i => i.Packages, count.Packages).SetProperty(i => i.Unmatched, count.Unmatched).SetProperty(i => i.CountsDue, 0),
                    cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    private sealed record DueImage(long Id, int Marks);

    private sealed record Analysed(long Id, string Gaps, int OrganizationId, ImagePlace Place);

    private sealed record Count(SeverityCounts? Severities, int FixableCriticalHigh, int Accepted, int Packages, string Unmatched);
}
