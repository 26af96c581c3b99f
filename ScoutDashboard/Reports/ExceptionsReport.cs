using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Reports;

/// <summary>The Exceptions page: every exception of an organization, also those that are over, and what those that apply cover in the latest images.</summary>
public sealed class ExceptionsReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>What ends soonest first, then the newest; what is over is last.</summary>
    public async Task<PageOf<ExceptionRow>> ListAsync(int organizationId, ExceptionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var query = db.Exceptions.AsNoTracking().Where(e => e.OrganizationId == organizationId);
        query = filter.State is { } state ? query.In(state, now) : query;
        if (filter.Vulnerability is { } vulnerability)
        {
            var names = await ExceptionNaming.NamesOfAsync(db, vulnerability, cancellationToken);
            var ids = (await ExceptionReader.OnAsync(db, organizationId, names, now, cancellationToken)).On(names).Select(rule => rule.Id).ToList();
            query = query.Where(e => ids.Contains(e.Id));
        }

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            query = query.Where(e => EF.Functions.Like(e.VulnerabilityId, pattern, LikePattern.Escape) || EF.Functions.Like(e.Details, pattern, LikePattern.Escape)
                || EF.Functions.Like(e.Registry + "/" + e.Repository, pattern, LikePattern.Escape) || EF.Functions.Like(e.Package ?? "", pattern, LikePattern.Escape)
                || EF.Functions.Like(e.CreatedBy, pattern, LikePattern.Escape));
        }

        var total = await query.CountAsync(cancellationToken);
        var rules = await query.OrderBy(e => e.EndedAt != null || e.ExpiresAt <= now).ThenBy(e => e.ExpiresAt == null).ThenBy(e => e.EndedAt == null ? e.ExpiresAt : null).ThenByDescending(e => e.Id)
            .Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var covered = await CoveredAsync(db, organizationId, rules.FindAll(rule => ExceptionStates.Of(rule, now) is ExceptionState.Active or ExceptionState.Expiring), now, cancellationToken);
        return new PageOf<ExceptionRow>([.. rules.Select(rule => new ExceptionRow(rule, ExceptionStates.Of(rule, now), covered.TryGetValue(rule.Id, out var reach) ? reach : null))], total);
    }

    // Each taken as if there were no other.
    private static async Task<Dictionary<long, CoveredLatest>> CoveredAsync(ScoutDb db, int organizationId, List<ExceptionRule> rules, DateTime now, CancellationToken cancellationToken)
    {
        var all = new ExceptionSet(rules, now);
        var found = await AcceptedFindings.NamedAsync(db, db.Components, all, cancellationToken);
        var componentIds = found.Select(f => f.ComponentId).Distinct().ToList();
        var latest = LatestImages.Ids(db, organizationId);
        var holders = (await (
            from component in db.InstalledComponents
            where componentIds.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where latest.Contains(set.ImageId)
            join image in db.Images on set.ImageId equals image.Id
            select new { component.ComponentId, image.Id, Place = new ImagePlace(image.Repository!.Integration!.Hostname, image.Repository.Name, image.Digest) }).Distinct().ToListAsync(cancellationToken)).ToLookup(h => h.ComponentId);
        return rules.ToDictionary(rule => rule.Id, rule =>
        {
            var alone = new ExceptionSet([rule], now);
            var pairs = (from f in found
                         where f.Names.Any(alone.Names.Contains)
                         from holder in holders[f.ComponentId]
                         where alone.Find(new ExceptionSubject(f.Names, f.Purl, holder.Place)) is not null
                         select holder.Id).ToList();
            return new CoveredLatest(pairs.Count, pairs.Distinct().Count());
        });
    }
}

/// <summary>What the exceptions are narrowed to. Vulnerability: only those on it, under whichever of its names they were made.</summary>
public sealed record ExceptionFilter(ExceptionState? State = null, string? Text = null, string? Vulnerability = null);

/// <summary>An exception with its state. Covered is null for one that is over.</summary>
public sealed record ExceptionRow(ExceptionRule Rule, ExceptionState State, CoveredLatest? Covered);

/// <summary>What an exception covers in the latest images: findings, and the images that have them.</summary>
public sealed record CoveredLatest(int Findings, int Images);
