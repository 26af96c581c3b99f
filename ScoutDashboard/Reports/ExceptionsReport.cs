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
        var latest = LatestImages.Ids(db, organizationId);
        var rows = new List<ExceptionRow>();
        foreach (var rule in rules)
        {
            var life = ExceptionStates.Of(rule, now);
            CoveredLatest? covered = null;
            if (life is ExceptionState.Active or ExceptionState.Expiring)
            {
                var (findings, images) = await ExceptionReaches.AmongAsync(db, rule, db.Images.Where(i => latest.Contains(i.Id)), cancellationToken);
                covered = new CoveredLatest(findings, images);
            }

            rows.Add(new ExceptionRow(rule, life, covered));
        }

        return new PageOf<ExceptionRow>(rows, total);
    }
}

/// <summary>What the exceptions are narrowed to. Vulnerability: only those on it, under whichever of its names they were made.</summary>
public sealed record ExceptionFilter(ExceptionState? State = null, string? Text = null, string? Vulnerability = null);

/// <summary>An exception with its state. Covered is null for one that is over.</summary>
public sealed record ExceptionRow(ExceptionRule Rule, ExceptionState State, CoveredLatest? Covered);

/// <summary>What an exception covers in the latest images: findings, and the images that have them.</summary>
public sealed record CoveredLatest(int Findings, int Images);
