using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Exceptions;

/// <summary>
/// Names the vulnerabilities of exceptions as the advisories do: one that was made for a GHSA id stays in force when a CVE is assigned, and one that was made for a CVE when it
/// is taken back. The names are stored with the exception, so that counts and lists go by the same.
/// </summary>
internal static class ExceptionNaming
{
    // GHSA of PYSEC, CVE of GHSA; more was not seen.
    private const int Hops = 3;
    private const int MaxNames = 10_000;
    private const int MaxAdvisories = 100;

    /// <summary>The further names of an exception that is made now.</summary>
    public static async Task<IEnumerable<ExceptionName>> OfNewAsync(ScoutDb db, string id, CancellationToken cancellationToken)
    {
        var kept = await KeptAsync(db, id, cancellationToken);
        return Others(id, kept, (await GivenAsync(db, [id], cancellationToken))[id]);
    }

    /// <summary>All names of a vulnerability, whichever it is asked by: its advisories' ids, and what findings tell of it as.</summary>
    public static async Task<IReadOnlyCollection<string>> NamesOfAsync(ScoutDb db, string id, CancellationToken cancellationToken)
    {
        var names = (await GivenAsync(db, [id], cancellationToken))[id];
        var found = ExceptionMarks.Findings(db, names);
        var ids = found.Select(f => f.Id);
        return [.. names.Union(await found.Select(f => f.VulnerabilityId).Union(db.FindingCves.Where(c => ids.Contains(c.FindingId)).Select(c => c.Cve)).ToListAsync(cancellationToken))];
    }

    /// <summary>Gives exceptions the names that advisories have by now, and marks the images whose counts a name that came or went may change.</summary>
    public static async Task RefreshAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        // Findings name every CVE of their vulnerability; of its other ids only the advisories do.
        var rules = await db.Exceptions.AsNoTracking().Where(e => !e.VulnerabilityId.StartsWith("CVE-")).ToListAsync(cancellationToken);
        var given = await GivenAsync(db, rules.Select(rule => rule.VulnerabilityId), cancellationToken);
        foreach (var rule in rules)
        {
            var names = Others(rule.VulnerabilityId, [.. rule.OtherNames.Where(n => n.IsKept).Select(n => n.Name)], given[rule.VulnerabilityId]).ToList();
            if (names.Select(n => n.Name).ToHashSet(StringComparer.Ordinal).SetEquals(rule.OtherNames.Select(n => n.Name)))
            {
                continue;
            }

            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            await ExceptionMarks.AddAsync(db, rule, cancellationToken);
            await db.ExceptionNames.Where(n => n.ExceptionId == rule.Id).ExecuteDeleteAsync(cancellationToken);
            rule.OtherNames.Clear();
            names.ForEach(name => name.ExceptionId = rule.Id);
            db.ExceptionNames.AddRange(names);
            await db.SaveChangesAsync(cancellationToken);
            rule.OtherNames.AddRange(names);
            await ExceptionMarks.AddAsync(db, rule, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static IEnumerable<ExceptionName> Others(string id, IReadOnlyCollection<string> kept, IReadOnlyCollection<string> given) =>
        kept.Union(given, StringComparer.Ordinal).Where(name => name != id).Select(name => new ExceptionName { Name = name, IsKept = kept.Contains(name) });

    // What the advisories that findings of it come from are called, besides CVEs: those are of the finding, and may be several. A notice is a name of no vulnerability.
    private static async Task<IReadOnlyCollection<string>> KeptAsync(ScoutDb db, string id, CancellationToken cancellationToken)
    {
        var ids = await ExceptionMarks.Findings(db, [id]).Select(f => f.AdvisoryId).Distinct().OrderBy(a => a).Take(MaxAdvisories).ToListAsync(cancellationToken);
        return [.. (await RecordsAsync(db, ids, cancellationToken)).Where(record => !AdvisoryIds.IsNotice(record)).SelectMany(AdvisoryIds.Same).Where(name => AdvisoryIds.CveOf(name) is null).Distinct(StringComparer.Ordinal)];
    }

    // What the advisories name each of these vulnerabilities now, itself among it.
    private static async Task<IReadOnlyDictionary<string, IReadOnlyCollection<string>>> GivenAsync(ScoutDb db, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var names = ids.Distinct(StringComparer.Ordinal).ToDictionary(id => id, id => new HashSet<string>(StringComparer.Ordinal) { id }, StringComparer.Ordinal);
        var open = names.Where(pair => !CveId.IsValid(pair.Key)).ToList();
        var records = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var hop = 0; hop < Hops && open.Count > 0; hop++)
        {
            var unread = open.SelectMany(pair => pair.Value).Where(name => !CveId.IsValid(name) && !records.ContainsKey(name)).Distinct().Take(MaxNames).ToList();
            unread.ForEach(name => records[name] = []);
            foreach (var record in await RecordsAsync(db, unread, cancellationToken))
            {
                records[record.Id] = [.. AdvisoryIds.Same(record)];
            }

            // Also where another exception's names had the record read already.
            foreach (var (_, known) in open)
            {
                known.UnionWith([.. known.SelectMany(name => records.GetValueOrDefault(name, []))]);
            }
        }

        return names.ToDictionary(pair => pair.Key, IReadOnlyCollection<string> (pair) => pair.Value, StringComparer.Ordinal);
    }

    // Those that are on one vulnerability.
    private static async Task<IEnumerable<OsvRecord>> RecordsAsync(ScoutDb db, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        (await db.Advisories.Where(a => ids.Contains(a.Id) && a.Withdrawn == null).Select(a => a.Matching ?? a.Document).ToListAsync(cancellationToken))
        .Select(text => OsvMatching.Read(text)).OfType<OsvRecord>().Where(record => AdvisoryIds.Covered(record).Count == 0);
}
