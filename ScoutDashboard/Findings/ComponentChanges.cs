using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Tells what a match changed in what was known of components, and why. Of a component that was not matched with advisory data before, nothing is a change:
/// it is seen for the first time. A vulnerability that only goes by another id now is none either.
/// </summary>
internal sealed class ComponentChanges
{
    // An import notes the time before it commits: within this a match may not have seen what seems older than it.
    private static readonly TimeSpan CommitTakes = TimeSpan.FromMinutes(2);

    private readonly List<(FindingChange Change, DateTime Since, IReadOnlyList<string> Advisories)> _told = [];

    /// <summary>Compares what was found with what is found now.</summary>
    /// <param name="component">As it was before this match.</param>
    /// <param name="before">Its findings before; not yet changed.</param>
    /// <param name="found">What is found now, by the vulnerability's id.</param>
    /// <param name="now">When, UTC.</param>
    public void Compare(Component component, IReadOnlyCollection<Finding> before, IReadOnlyDictionary<string, Vulnerability> found, DateTime now)
    {
        if (component.JudgedAt is not { } judgedAt)
        {
            return;
        }

        var known = before.ToDictionary(finding => finding.VulnerabilityId, StringComparer.Ordinal);
        var renamed = found.Values.Where(vulnerability => !known.ContainsKey(vulnerability.Id))
            .SelectMany(vulnerability => before.Where(finding => !found.ContainsKey(finding.VulnerabilityId) && finding.Verdict == vulnerability.Verdict && vulnerability.AdvisoryIds.Contains(finding.AdvisoryId))
                .Select(finding => (Old: finding.VulnerabilityId, New: vulnerability.Id))).ToList();
        foreach (var vulnerability in found.Values.Where(v => renamed.TrueForAll(pair => pair.New != v.Id) && known.GetValueOrDefault(v.Id)?.Verdict != v.Verdict))
        {
            Tell(new FindingChange
            {
                At = now, Appeared = true, VulnerabilityId = vulnerability.Id, AdvisoryId = vulnerability.AdvisoryId, ComponentId = component.Id,
                Severity = vulnerability.Severity.Level, Verdict = vulnerability.Verdict,
            }, judgedAt, vulnerability.AdvisoryIds);
        }

        foreach (var finding in before.Where(f => renamed.TrueForAll(pair => pair.Old != f.VulnerabilityId) && found.GetValueOrDefault(f.VulnerabilityId)?.Verdict != f.Verdict))
        {
            Tell(new FindingChange
            {
                At = now, Appeared = false, VulnerabilityId = finding.VulnerabilityId, AdvisoryId = finding.AdvisoryId, ComponentId = component.Id,
                Severity = finding.Severity, Verdict = finding.Verdict,
            }, judgedAt, [finding.AdvisoryId]);
        }
    }

    /// <summary>The changes with their causes, which the advisories' own times tell.</summary>
    public async Task<IReadOnlyList<FindingChange>> ExplainAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        var advisories = new Dictionary<string, AdvisoryTimes>(StringComparer.Ordinal);
        foreach (var ids in _told.SelectMany(told => told.Advisories).Distinct(StringComparer.Ordinal).Chunk(ComponentMatching.Batch))
        {
            foreach (var row in await db.Advisories.Where(a => ids.Contains(a.Id)).Select(a => new AdvisoryTimes(a.Id, a.FirstReadAt, a.ReadAt, a.Withdrawn != null)).ToListAsync(cancellationToken))
            {
                advisories[row.Id] = row;
            }
        }

        foreach (var (change, since, ids) in _told)
        {
            change.Cause = CauseOf(change, since, ids, advisories);
        }

        return _told.ConvertAll(told => told.Change);
    }

    private void Tell(FindingChange change, DateTime judgedAt, IReadOnlyList<string> advisories) => _told.Add((change, judgedAt - CommitTakes, advisories));

    private static ChangeCause CauseOf(FindingChange change, DateTime since, IReadOnlyList<string> ids, Dictionary<string, AdvisoryTimes> advisories)
    {
        var decided = advisories.GetValueOrDefault(change.AdvisoryId);
        if (!change.Appeared && decided is null)
        {
            return ChangeCause.AdvisoryRemoved;
        }

        if (!change.Appeared && decided!.IsWithdrawn)
        {
            return ChangeCause.AdvisoryWithdrawn;
        }

        if (change.Appeared && decided?.FirstReadAt >= since)
        {
            return ChangeCause.AdvisoryNew;
        }

        return ids.Any(id => advisories.GetValueOrDefault(id)?.ReadAt >= since) ? ChangeCause.AdvisoryChanged : ChangeCause.MatchingChanged;
    }

    private sealed record AdvisoryTimes(string Id, DateTime FirstReadAt, DateTime ReadAt, bool IsWithdrawn);
}
