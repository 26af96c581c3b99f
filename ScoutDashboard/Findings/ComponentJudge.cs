using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Says which vulnerabilities a component has by the advisories that name its package.</summary>
internal static class ComponentJudge
{
    /// <summary>By the vulnerability's id.</summary>
    public static Dictionary<string, Vulnerability> Judge(Component component, AdvisoryLookup advisories)
    {
        var (records, unreadable) = advisories.For(component);
        var found = new Dictionary<string, Vulnerability>(StringComparer.Ordinal);
        var standIn = FrameworkStandIn.TryParse(component.StandIn, out var framework) ? framework : null;
        var binary = component.EcosystemBase == Ecosystem.Ubuntu && component.Name.Length > 0 ? component.Name : null;
        foreach (var name in advisories.NamesOf(component))
        {
            foreach (var vulnerability in AdvisoryMatcher.Match(new MatchTarget(component.Ecosystem, name, component.AdvisoryVersion) { StandIn = standIn, Stream = component.Stream, Binary = binary }, records))
            {
                var told = MavenGroup.IsConfirmed(component, name) ? vulnerability : MavenGroup.Doubt(vulnerability, name);
                if (!found.TryGetValue(told.Id, out var known) || (known.Verdict == Verdict.Undecided && told.Verdict == Verdict.Affected))
                {
                    found[told.Id] = told;
                }
            }
        }

        foreach (var id in unreadable)
        {
            var shown = AdvisoryIds.CveOf(id) ?? id;
            found.TryAdd(shown, new Vulnerability(
                shown, id, [id], Verdict.Undecided, "The stored advisory can't be read; it is fetched again when the feed refreshes.", RatedSeverity.Unknown, null, FixState.Unknown));
        }

        return found;
    }
}
