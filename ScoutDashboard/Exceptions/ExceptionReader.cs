using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Exceptions;

/// <summary>Reads exceptions with the names of their vulnerabilities as the advisories give them now: one that was made for a GHSA id stays in force when a CVE is assigned.</summary>
public static class ExceptionReader
{
    // GHSA of PYSEC, CVE of GHSA; more was not seen.
    private const int Hops = 3;
    private const int MaxNames = 10_000;

    /// <summary>Those of an organization that apply.</summary>
    public static Task<ExceptionSet> InForceAsync(ScoutDb db, int organizationId, DateTime now, CancellationToken cancellationToken) =>
        ReadAsync(db, db.Exceptions.Where(e => e.OrganizationId == organizationId).InForce(now), now, cancellationToken);

    /// <summary>Those of an organization on these vulnerabilities, also those that are over.</summary>
    /// <param name="names">The vulnerabilities' ids and their further CVEs.</param>
    public static Task<ExceptionSet> OnAsync(ScoutDb db, int organizationId, IReadOnlyCollection<string> names, DateTime now, CancellationToken cancellationToken) =>
        // Whether another id than a CVE means one of these, the advisories tell.
        ReadAsync(db, db.Exceptions.Where(e => e.OrganizationId == organizationId && (names.Contains(e.VulnerabilityId) || !e.VulnerabilityId.StartsWith("CVE-"))), now, cancellationToken);

    /// <summary>All names by which findings may tell of each of these vulnerabilities, itself among them.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyCollection<string>>> NamesAsync(ScoutDb db, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var names = ids.Distinct(StringComparer.Ordinal).ToDictionary(id => id, id => new HashSet<string>(StringComparer.Ordinal) { id }, StringComparer.Ordinal);
        // Findings name every CVE of their vulnerability; of its other ids only the advisories do.
        var open = names.Where(pair => !CveId.IsValid(pair.Key)).ToList();
        var records = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var hop = 0; hop < Hops && open.Count > 0; hop++)
        {
            var unread = open.SelectMany(pair => pair.Value).Where(name => !CveId.IsValid(name) && !records.ContainsKey(name)).Distinct().Take(MaxNames).ToList();
            unread.ForEach(name => records[name] = []);
            foreach (var row in await db.Advisories.Where(a => unread.Contains(a.Id) && a.Withdrawn == null).Select(a => new { a.Id, Text = a.Matching ?? a.Document }).ToListAsync(cancellationToken))
            {
                // A notice on several vulnerabilities is a name of none.
                records[row.Id] = OsvMatching.Read(row.Text) is { } record && AdvisoryIds.Covered(record).Count == 0 ? [.. AdvisoryIds.Same(record)] : [];
            }

            // Also where another exception's names had the record read already.
            foreach (var (_, known) in open)
            {
                known.UnionWith([.. known.SelectMany(name => records.GetValueOrDefault(name, []))]);
            }
        }

        return names.ToDictionary(pair => pair.Key, IReadOnlyCollection<string> (pair) => pair.Value, StringComparer.Ordinal);
    }

    /// <summary>All names of a vulnerability, whichever it is asked by: its advisories' ids, and what findings tell of it as.</summary>
    public static async Task<IReadOnlyCollection<string>> NamesOfAsync(ScoutDb db, string id, CancellationToken cancellationToken)
    {
        var names = (await NamesAsync(db, [id], cancellationToken))[id];
        var found = ExceptionMarks.Findings(db, names);
        var ids = found.Select(f => f.Id);
        return [.. names.Union(await found.Select(f => f.VulnerabilityId).Union(db.FindingCves.Where(c => ids.Contains(c.FindingId)).Select(c => c.Cve)).ToListAsync(cancellationToken))];
    }

    private static async Task<ExceptionSet> ReadAsync(ScoutDb db, IQueryable<ExceptionRule> query, DateTime now, CancellationToken cancellationToken)
    {
        var rules = await query.AsNoTracking().ToListAsync(cancellationToken);
        if (rules.Count == 0)
        {
            return ExceptionSet.None;
        }

        var names = await NamesAsync(db, rules.Select(rule => rule.VulnerabilityId), cancellationToken);
        return new ExceptionSet(rules.Select(rule => new NamedException(rule, names[rule.VulnerabilityId])), now);
    }
}
