using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>
/// Evaluates one advisory for a package in whose place a shared framework's assemblies are loaded: what counts is the package that these are of. Where that
/// may be one with or one without the vulnerability, a framework that was built after the advisory and its fix were out has the fix.
/// </summary>
internal static class StandInJudge
{
    public static Judgement Judge(OsvRecord record, MatchTarget target, FrameworkStandIn standIn)
    {
        var judged = standIn.PackageVersions(target.Version).Select(version => RecordJudge.Judge(record, target with { Version = version, StandIn = null })).ToList();
        var name = DisplayText.Sanitise(standIn.DisplayName, 100);
        if (judged.TrueForAll(one => one.Said == Judged.Affected))
        {
            return judged[0] with { Reason = $"The shared framework {name} takes this package's place and is affected too." };
        }

        var isAfterFix = record.Published is { } published && standIn.BuiltOn > DateOnly.FromDateTime(published);
        return judged.TrueForAll(one => one.Said == Judged.NotAffected) || (judged[^1].Said == Judged.NotAffected && isAfterFix) ? Judgement.NotAffected
            : Judgement.Undecided($"The shared framework {name} takes this package's place; whether that has the fix, the advisory does not tell.");
    }
}
