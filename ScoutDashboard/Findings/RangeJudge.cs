using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Evaluates one range (OSV schema, "Evaluation"): the last event at or below the version says whether it is affected. An event that can't be compared counts only where it could change the answer.</summary>
internal static class RangeJudge
{
    public static Judgement Judge(OsvRange range, IVersionScheme? scheme, string version)
    {
        if (scheme is null)
        {
            return Judgement.Undecided("The versions of this ecosystem can't be compared yet.");
        }

        var (limits, unknownLimit) = Limit(range, scheme, version);
        if (limits == Judged.NotAffected)
        {
            return Judgement.NotAffected;
        }

        var judged = Sweep(range, scheme, version);
        return judged.Said == Judged.Affected && limits == Judged.Undecided ? Judgement.Undecided(NotComparable(version, unknownLimit)) : judged;
    }

    // Below any one limit is enough; "*" is no limit; without limits all versions count.
    private static (Judged Said, string Unknown) Limit(OsvRange range, IVersionScheme scheme, string version)
    {
        string? unknown = null;
        var any = false;
        foreach (var limit in range.Events)
        {
            if (limit.Kind != OsvEventKind.Limit)
            {
                continue;
            }

            any = true;
            if (limit.Version == "*")
            {
                return (Judged.Affected, "");
            }

            switch (scheme.Compare(version, limit.Version))
            {
                case null: unknown = limit.Version; break;
                case < 0: return (Judged.Affected, "");
            }
        }

        return !any ? (Judged.Affected, "") : unknown is null ? (Judged.NotAffected, "") : (Judged.Undecided, unknown);
    }

    private static Judgement Sweep(OsvRange range, IVersionScheme scheme, string version)
    {
        OsvEvent? last = null, next = null, unknownStart = null, unknownEnd = null;
        foreach (var boundary in range.Events)
        {
            if (boundary.Kind == OsvEventKind.Limit)
            {
                continue;
            }

            var side = IsStart(boundary) ? 1 : scheme.Compare(version, boundary.Version);
            if (side is null)
            {
                (unknownStart, unknownEnd) = boundary.Kind == OsvEventKind.Introduced ? (boundary, unknownEnd) : (unknownStart, boundary);
            }
            else if (side > 0 || (side == 0 && boundary.Kind != OsvEventKind.LastAffected))
            {
                last = last is null || Follows(boundary, last, scheme) ? boundary : last;
            }
            else if (boundary.Kind != OsvEventKind.Introduced)
            {
                next = next is null || Follows(next, boundary, scheme) ? boundary : next;
            }
        }

        if (last?.Kind != OsvEventKind.Introduced)
        {
            return unknownStart is null ? Judgement.NotAffected : Judgement.Undecided(NotComparable(version, unknownStart.Version));
        }

        return unknownEnd is not null ? Judgement.Undecided(NotComparable(version, unknownEnd.Version)) : Affected(range, next);
    }

    private static Judgement Affected(OsvRange range, OsvEvent? end) => end switch
    {
        { Kind: OsvEventKind.Fixed } => new Judgement(Judged.Affected, Fix: end.Version),
        { Kind: OsvEventKind.LastAffected } => new Judgement(Judged.Affected, $"Affected up to {Shown(end.Version)}.", IsBounded: true),
        _ => new Judgement(Judged.Affected, IsBounded: range.Events.Any(e => e.Kind == OsvEventKind.Limit && e.Version != "*")),
    };

    // Ties: introduced before fixed before last_affected.
    private static bool Follows(OsvEvent left, OsvEvent right, IVersionScheme scheme)
    {
        var order = IsStart(left) ? (IsStart(right) ? 0 : -1) : IsStart(right) ? 1 : scheme.Compare(left.Version, right.Version) ?? 0;
        return order > 0 || (order == 0 && left.Kind > right.Kind);
    }

    // "0" as introduced is below every version and no version itself.
    private static bool IsStart(OsvEvent boundary) => boundary is { Kind: OsvEventKind.Introduced, Version: "0" };

    private static string NotComparable(string version, string boundary) => $"Version {Shown(version)} can't be compared with {Shown(boundary)}, which the advisory names.";

    private static string Shown(string version) => DisplayText.Sanitise(version, 60);
}
