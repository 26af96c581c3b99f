using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>Tells the lowest version that any of the advisories on a vulnerability calls fixed and that all of them have left behind: one range's fix may lie in another's.</summary>
internal static class FixedVersion
{
    private const int MostAttempts = 200;

    /// <param name="records">Those that count, and hold.</param>
    /// <param name="target">The component.</param>
    public static (string? Version, FixState State) Of(List<OsvRecord> records, MatchTarget target)
    {
        var judged = records.ConvertAll(record => RecordJudge.Judge(record, target));
        // One that never ends is never left, wherever others end.
        foreach (var candidate in judged.Exists(IsEndless) ? [] : Candidates(records, target).Take(MostAttempts))
        {
            // A package with the fix is newer than the framework, and loaded.
            var next = target with { Version = candidate, StandIn = null };
            judged = records.ConvertAll(record => RecordJudge.Judge(record, next));
            if (judged.TrueForAll(judgement => judgement.Said == Judged.NotAffected))
            {
                return (candidate, FixState.Fixed);
            }
        }

        return (null, judged.Exists(IsEndless) ? FixState.NoFix : FixState.Unknown);
    }

    private static bool IsEndless(Judgement judgement) => judgement is { Said: Judged.Affected, Fix: null, IsBounded: false };

    // Lowest first.
    private static IEnumerable<string> Candidates(List<OsvRecord> records, MatchTarget target)
    {
        var installed = target.StandIn is { } standIn ? standIn.PackageVersions(target.Version).Last() : target.Version;
        return VersionSchemes.Find(target.EcosystemBase) is not { } scheme ? [] : records.SelectMany(record => RecordJudge.Entries(record, target))
            .SelectMany(entry => entry.Ranges).Where(range => !range.IsOfCommits).SelectMany(range => range.Events)
            .Where(boundary => boundary.Kind == OsvEventKind.Fixed && scheme.Compare(boundary.Version, installed) > 0 && ModuleStreams.MayFollow(target, boundary.Version))
            .Select(boundary => boundary.Version).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).Order(Comparer<string>.Create((left, right) => scheme.Compare(left, right) ?? 0));
    }
}
