using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>Says which vulnerabilities a component has, each once however many advisories tell of it. Pure.</summary>
public static class AdvisoryMatcher
{
    /// <param name="target">The component.</param>
    /// <param name="records">Advisories that may name it, each id once; others are passed over.</param>
    public static IReadOnlyList<Vulnerability> Match(MatchTarget target, IReadOnlyCollection<OsvRecord> records)
    {
        // Of many advisories few hold: the others leave nothing behind here.
        Dictionary<string, (OsvRecord Record, Judgement Judgement)>? judged = null;
        foreach (var record in records)
        {
            if (RecordJudge.Judge(record, target) is { Said: not Judged.NotAffected } judgement)
            {
                (judged ??= new(StringComparer.Ordinal)).Add(record.Id, (record, judgement));
            }
        }

        if (judged is null)
        {
            return [];
        }

        var isOfDistribution = AdvisoryRank.IsOfDistribution(target.EcosystemBase);
        var isAnyOther = judged.Values.Any(pair => AdvisoryIds.Covered(pair.Record).Count > 0 || (isOfDistribution && !AdvisoryRank.IsHome(pair.Record, target.EcosystemBase)));
        var ruledOut = isAnyOther ? records.Where(record => !judged.ContainsKey(record.Id)).SelectMany(record => RuledOut(record, target)).ToHashSet(StringComparer.Ordinal) : [];
        var holding = judged.Values.Select(pair => pair.Record);
        if (ruledOut.Count > 0 && isOfDistribution)
        {
            holding = holding.Where(record => AdvisoryRank.IsHome(record, target.EcosystemBase) || !IsRuledOut(record, ruledOut));
        }

        return [.. VulnerabilityGroups.Of([.. holding], ruledOut)
            .Select(group => Describe(group, target, id => judged[id].Judgement))
            .OrderBy(vulnerability => vulnerability.Id, StringComparer.Ordinal)];
    }

    // Of several CVEs the rest stays.
    private static bool IsRuledOut(OsvRecord record, HashSet<string> ruledOut) =>
        AdvisoryIds.Same(record).Where(id => id == AdvisoryIds.CveOf(id)).ToList() is { Count: > 0 } cves && cves.TrueForAll(ruledOut.Contains);

    // The CVEs of which the database that decides knows that this version does not have them. A notice knows only what its own update mended, of one module stream perhaps.
    private static IEnumerable<string> RuledOut(OsvRecord record, MatchTarget target) =>
        record.Withdrawn is null && !AdvisoryIds.IsNotice(record) && AdvisoryRank.IsHomeOfOne(record, target.EcosystemBase) && RecordJudge.Entries(record, target).Any()
            ? AdvisoryIds.Same(record).Where(id => id == AdvisoryIds.CveOf(id)) : [];

    private static Vulnerability Describe(VulnerabilityGroup group, MatchTarget target, Func<string, Judgement> judgement)
    {
        var affected = group.Records.Where(record => judgement(record.Id).Said == Judged.Affected).ToList();
        var ranked = (affected.Count > 0 ? affected : group.Records)
            .OrderBy(record => AdvisoryRank.Of(record, target.EcosystemBase)).ThenBy(record => record.Id, StringComparer.Ordinal).ToList();
        var severity = SeverityRating.Of(ranked, target);
        var (fix, state) = affected.Count > 0 ? FixedVersion.Of(AdvisoryRank.Deciding(affected, target.EcosystemBase), target) : (null, FixState.Unknown);
        var reason = judgement(ranked[0].Id).Reason;
        if (group.OtherCves.Count > 0)
        {
            reason = $"{reason} Also called {string.Join(", ", group.OtherCves.Take(10))}.".TrimStart();
        }

        return new Vulnerability(
            group.Id, ranked[0].Id, [.. group.Records.Select(record => record.Id).Order(StringComparer.Ordinal)], affected.Count > 0 ? Verdict.Affected : Verdict.Undecided, reason, severity, fix, state)
        {
            OtherCves = group.OtherCves,
            DistributionRating = SeverityRating.DistributionWord(ranked, target),
        };
    }
}
