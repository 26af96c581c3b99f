using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>What matching a batch says, against what was found before. Pure.</summary>
internal sealed class MatchResult
{
    private readonly List<Finding> _added = [];
    private readonly List<long> _gone = [];
    private readonly HashSet<long> _changed = [];

    public MatchResult(MatchBatch batch, DateTime now)
    {
        At = now;
        foreach (var component in batch.Components)
        {
            var found = ComponentJudge.Judge(component, batch.Advisories);
            Changes.Compare(component, [.. batch.Findings[component.Id]], found, now);
            Replace(component.Id, batch.Findings[component.Id], found, now);
        }
    }

    public DateTime At { get; }

    public ComponentChanges Changes { get; } = new();

    /// <summary>New, or in place of one of <see cref="Gone"/> that says something else now.</summary>
    public IReadOnlyList<Finding> Added => _added;

    /// <summary>Keys of findings that hold no more.</summary>
    public IReadOnlyList<long> Gone => _gone;

    /// <summary>The components of both.</summary>
    public IReadOnlySet<long> Changed => _changed;

    private void Replace(long componentId, IEnumerable<Finding> before, Dictionary<string, Vulnerability> found, DateTime now)
    {
        var firstSeen = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        foreach (var finding in before)
        {
            if (found.TryGetValue(finding.VulnerabilityId, out var still) && IsSame(finding, FindingOf(componentId, still, finding.FirstSeenAt)))
            {
                found.Remove(finding.VulnerabilityId);
            }
            else
            {
                _gone.Add(finding.Id);
                _changed.Add(componentId);
                firstSeen[finding.VulnerabilityId] = finding.FirstSeenAt;
            }
        }

        foreach (var vulnerability in found.Values)
        {
            _added.Add(FindingOf(componentId, vulnerability, firstSeen.GetValueOrDefault(vulnerability.Id, now)));
            _changed.Add(componentId);
        }
    }

    private static Finding FindingOf(long componentId, Vulnerability vulnerability, DateTime firstSeenAt)
    {
        var severity = vulnerability.Severity;
        var finding = new Finding
        {
            ComponentId = componentId, VulnerabilityId = vulnerability.Id, AdvisoryId = vulnerability.AdvisoryId, Verdict = vulnerability.Verdict, Reason = vulnerability.Reason,
            FixedVersion = vulnerability.FixedVersion, FixState = vulnerability.FixState,
            Severity = severity.Level, Score = severity.Score, Vector = severity.Vector, SeveritySource = severity.Source, DistributionRating = vulnerability.DistributionRating, FirstSeenAt = firstSeenAt,
        };
        foreach (var cve in vulnerability.OtherCves)
        {
            finding.OtherCves.Add(new FindingCve { Cve = cve });
        }

        return finding;
    }

    private static bool IsSame(Finding left, Finding right) =>
        (left.AdvisoryId, left.Verdict, left.Reason, left.FixedVersion, left.FixState) == (right.AdvisoryId, right.Verdict, right.Reason, right.FixedVersion, right.FixState)
        && (left.Severity, left.Score, left.Vector, left.SeveritySource, left.DistributionRating) == (right.Severity, right.Score, right.Vector, right.SeveritySource, right.DistributionRating)
        && left.OtherCves.Select(other => other.Cve).ToHashSet(StringComparer.Ordinal).SetEquals(right.OtherCves.Select(other => other.Cve));
}
