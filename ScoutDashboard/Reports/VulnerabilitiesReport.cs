using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Vulnerabilities page: what is known of the latest images, over all repositories, the most urgent first.</summary>
public sealed class VulnerabilitiesReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public async Task<PageOf<VulnerabilityRow>> ListAsync(int organizationId, VulnerabilityFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var components = LatestImages.Components(db, organizationId);
        var accepted = await AcceptedFindings.VulnerabilitiesAsync(db, components, await AcceptedFindings.InLatestAsync(db, organizationId, clock.GetUtcNow().UtcDateTime, cancellationToken), cancellationToken);
        var findings = components
            .Join(db.Findings, c => c.Id, f => f.ComponentId, (c, f) => new { f.Id, f.VulnerabilityId, f.AdvisoryId, f.Severity, f.Score, f.Verdict, f.FixState, c.Type, c.Name });
        if (!string.IsNullOrEmpty(filter.PackageType))
        {
            findings = findings.Where(f => f.Type == filter.PackageType);
        }

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            findings = findings.Where(f => EF.Functions.Like(f.VulnerabilityId, pattern, LikePattern.Escape) || OtherCves.Like(db, pattern).Contains(f.Id)
                || EF.Functions.Like(f.AdvisoryId, pattern, LikePattern.Escape) || EF.Functions.Like(f.Name, pattern, LikePattern.Escape));
        }

        var groups = findings.GroupBy(f => f.VulnerabilityId).Select(g => new
        {
            Id = g.Key, Severity = g.Max(f => f.Severity), Score = g.Max(f => f.Score), AdvisoryId = g.Min(f => f.AdvisoryId),
            Affected = g.Sum(f => f.Verdict == Verdict.Affected ? 1 : 0), Fixable = g.Sum(f => f.FixState == FixState.Fixed ? 1 : 0),
        });
        if (filter.Severity is { } severity)
        {
            groups = severity == SeverityLevel.Low ? groups.Where(g => g.Severity == SeverityLevel.Low || g.Severity == SeverityLevel.None) : groups.Where(g => g.Severity == severity);
        }

        var listed = findings.Where(f => OtherCves.Listed(db).Contains(f.Id)).Select(f => f.VulnerabilityId);
        if (filter.Exploited)
        {
            groups = groups.Where(g => db.KnownExploits.Any(k => k.Cve == g.Id) || listed.Contains(g.Id));
        }

        if (filter.Fixable)
        {
            groups = groups.Where(g => g.Fixable > 0);
        }

        if (filter.Accepted is { } wanted)
        {
            groups = groups.Where(g => accepted.Contains(g.Id) == wanted);
        }

        var total = await groups.CountAsync(cancellationToken);
        var named = findings.Join(db.FindingCves, f => f.Id, c => c.FindingId, (f, c) => new { f.VulnerabilityId, c.Cve });
        var likelier = named.Join(db.ExploitForecasts, n => n.Cve, e => e.Cve, (n, e) => new { n.VulnerabilityId, e.Percentile })
            .GroupBy(n => n.VulnerabilityId).Select(g => new { Id = g.Key, Percentile = g.Max(n => (double?)n.Percentile) });
        // What is accepted wherever it is stands last.
        var sorted = groups.OrderBy(g => accepted.Contains(g.Id));
        if (filter.Sort == FindingSort.Risk)
        {
            sorted = sorted.ThenByDescending(g => db.KnownExploits.Any(k => k.Cve == g.Id) || listed.Contains(g.Id));
        }

        if (filter.Sort != FindingSort.Severity)
        {
            sorted = sorted.ThenByDescending(g => Math.Max(
                db.ExploitForecasts.Where(e => e.Cve == g.Id).Max(e => (double?)e.Percentile) ?? -1, likelier.Where(l => l.Id == g.Id).Max(l => l.Percentile) ?? -1));
        }

        var rows = await sorted.ThenByDescending(g => g.Severity).ThenByDescending(g => g.Score).ThenBy(g => g.Id).Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);

        var ids = rows.Select(r => r.Id).ToList();
        var advisoryIds = rows.Select(r => r.AdvisoryId).ToList();
        var summaries = await db.Advisories.Where(a => advisoryIds.Contains(a.Id)).Select(a => new { a.Id, a.Summary }).ToDictionaryAsync(a => a.Id, a => a.Summary, cancellationToken);
        // Distinct counts are dear: only for the rows that are shown.
        var packages = await findings.Where(f => ids.Contains(f.VulnerabilityId)).GroupBy(f => f.VulnerabilityId)
            .Select(g => new { g.Key, Count = g.Select(f => f.Name).Distinct().Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var others = (await named.Where(n => ids.Contains(n.VulnerabilityId)).Distinct().OrderBy(n => n.Cve).ToListAsync(cancellationToken)).ToLookup(n => n.VulnerabilityId, n => n.Cve);
        var exploits = await ExploitLookup.ReadAsync(db, [.. ids.Concat(others.SelectMany(cves => cves)).Distinct()], cancellationToken);
        var images = await ImagesAsync(db, organizationId, ids, cancellationToken);
        return new PageOf<VulnerabilityRow>(
            [.. rows.Select(r => new VulnerabilityRow(
                r.Id, summaries.GetValueOrDefault(r.AdvisoryId ?? "", ""), r.Severity, r.Score, packages.GetValueOrDefault(r.Id), images.GetValueOrDefault(r.Id), r.Fixable > 0, r.Affected == 0)
            {
                Exploit = exploits.Of(r.Id, others[r.Id]), OtherCves = [.. others[r.Id]], Accepted = accepted.Contains(r.Id),
            })],
            total);
    }

    // In two steps: in one, SQLite walks every package of every latest image to find the few that are asked for.
    private static async Task<Dictionary<string, int>> ImagesAsync(ScoutDb db, int organizationId, List<string> ids, CancellationToken cancellationToken)
    {
        var found = await db.Findings.Where(f => ids.Contains(f.VulnerabilityId)).Select(f => new { f.VulnerabilityId, f.ComponentId }).ToListAsync(cancellationToken);
        var componentIds = found.Select(f => f.ComponentId).Distinct().ToList();
        var latest = LatestImages.Ids(db, organizationId);
        var holders = await (
            from component in db.InstalledComponents
            where componentIds.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where latest.Contains(set.ImageId)
            select new { component.ComponentId, set.ImageId }).Distinct().ToListAsync(cancellationToken);
        var byComponent = holders.ToLookup(h => h.ComponentId, h => h.ImageId);
        return found.GroupBy(f => f.VulnerabilityId).ToDictionary(g => g.Key, g => g.SelectMany(f => byComponent[f.ComponentId]).Distinct().Count());
    }
}

/// <summary>What the vulnerabilities are narrowed to.</summary>
public sealed record VulnerabilityFilter(SeverityLevel? Severity = null, bool Fixable = false, string? PackageType = null, string? Text = null)
{
    /// <summary>Only what is known to be exploited.</summary>
    public bool Exploited { get; init; }

    public FindingSort Sort { get; init; }

    /// <summary>Only what exceptions cover in every latest image, or only what they don't; null for both.</summary>
    public bool? Accepted { get; init; }
}

/// <summary>A vulnerability with what it touches. Severity is the highest that any package has; Undecided: no package is certainly affected.</summary>
public sealed record VulnerabilityRow(string Id, string Summary, SeverityLevel Severity, double? Score, int Packages, int Images, bool Fixable, bool Undecided)
{
    public ExploitFacts Exploit { get; init; } = ExploitFacts.Unknown;

    /// <summary>Whether it is accepted in every latest image that has it, see <see cref="Acceptance"/>.</summary>
    public bool Accepted { get; init; }

    /// <summary>Its further CVEs, as the packages' advisories name them.</summary>
    public IReadOnlyList<string> OtherCves { get; init; } = [];
}
