using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Evaluates one advisory for one component: any of its entries for the package and release is enough; withdrawn ones never match.</summary>
internal static class RecordJudge
{
    public static Judgement Judge(OsvRecord record, MatchTarget target)
    {
        if (record.Withdrawn is not null || target.Ecosystem.Length == 0)
        {
            return Judgement.NotAffected;
        }

        if (target.StandIn is { } standIn)
        {
            return StandInJudge.Judge(record, target, standIn);
        }

        var judged = Judgement.NotAffected;
        var isOwnOnly = IsOwnOnly(record, target);
        foreach (var entry in record.Affected)
        {
            judged = IsMeant(entry, target, isOwnOnly) ? Outweighs(judged, Judge(record, entry, target)) : judged;
        }

        return judged;
    }

    /// <summary>The entries that are about this package in this release; an entry without release is about every one.</summary>
    public static IEnumerable<OsvAffected> Entries(OsvRecord record, MatchTarget target)
    {
        var isOwnOnly = IsOwnOnly(record, target);
        return record.Affected.Where(entry => IsMeant(entry, target, isOwnOnly));
    }

    private static bool IsMeant(OsvAffected entry, MatchTarget target, bool isOwnOnly) => (!isOwnOnly || entry.Ecosystem == target.Ecosystem) && target.IsMeantBy(entry.Ecosystem, entry.Name);

    private static bool IsOwnOnly(OsvRecord record, MatchTarget target) => target.OwnGoesFirst && record.Affected.Any(entry => IsMeant(entry, target, isOwnOnly: true));

    private static Judgement Judge(OsvRecord record, OsvAffected entry, MatchTarget target)
    {
        var scheme = VersionSchemes.Find(target.EcosystemBase);
        var ranges = Judgement.NotAffected;
        foreach (var range in entry.Ranges)
        {
            ranges = range.IsOfCommits ? ranges : Outweighs(ranges, ModuleStreams.Judge(record, range, target, Judge));
        }

        // A list has no end: whether a later version is clean is not said.
        var judged = ranges.Said != Judged.Affected && IsListed(entry, target, scheme) ? new Judgement(Judged.Affected, "The advisory lists this version.", IsBounded: true) : ranges;
        if (judged is { Said: Judged.Affected, Fix: null, IsBounded: false } && entry.LastKnown is { } last)
        {
            judged = judged with { IsBounded = true, Reason = $"Known to be affected: {DisplayText.Sanitise(last, 60)}." };
        }

        return judged.Said == Judged.Affected && Doubt(entry, target) is { } doubt ? Judgement.Undecided(DisplayText.Sanitise(doubt, 500)) : judged;
    }

    // Ubuntu's lists leave out some packages that hold the same code, such as those for development.
    private static string? Doubt(OsvAffected entry, MatchTarget target) => entry.Doubt
        ?? (target.Binary is { } binary && IsLeftOut(binary, target.Name, entry.Binaries) ? $"Of the packages built from {target.Name} the advisory lists those that are affected, and {binary} is none of them." : null);

    // They name what the build with the fix made: an affected one may have another version in its name, and a kernel's names have that of each build.
    private static bool IsLeftOut(string binary, string source, IReadOnlyList<string> listed) => listed.Count > 0
        && source != "linux" && !source.StartsWith("linux-", StringComparison.Ordinal) && !listed.Any(name => VersionlessName.AreEqual(name, binary));

    // Composer puts a named branch below every version, which says nothing of the commit that is installed.
    private static Judgement Judge(OsvRange range, MatchTarget target) =>
        target.EcosystemBase == Ecosystem.Packagist && target.Version.StartsWith("dev-", StringComparison.OrdinalIgnoreCase)
            ? Judgement.Undecided($"{DisplayText.Sanitise(target.Version, 60)} is a branch: which versions it holds is not known.")
            : RangeJudge.Judge(range, VersionSchemes.Find(target.EcosystemBase, range.Type), VersionFor(range, target));

    // Bitnami builds 16.3.0 as 16.3.0-5. Few of its ranges name revisions; in all others each version stands for all its revisions, so that the last affected one ends with the last of them.
    private static string VersionFor(OsvRange range, MatchTarget target) =>
        target.EcosystemBase == Ecosystem.Bitnami && range.Events.All(boundary => BitnamiScheme.Upstream(boundary.Version) == boundary.Version) ? BitnamiScheme.Upstream(target.Version) : target.Version;

    // Equal text; PyPI's versions are equal in many spellings (PEP 440), Bitnami's lists know no revisions.
    private static bool IsListed(OsvAffected entry, MatchTarget target, IVersionScheme? scheme) => entry.Versions.Contains(target.Version)
        || (target.EcosystemBase == Ecosystem.Bitnami && entry.Versions.Contains(BitnamiScheme.Upstream(target.Version)))
        || (target.EcosystemBase == Ecosystem.PyPI && scheme is not null && entry.Versions.Any(listed => scheme.Compare(listed, target.Version) == 0));

    // Of two that hold, the one that is left later: without end, then with an end but no fix, then with one. Which stands first in the file means nothing.
    private static Judgement Outweighs(Judgement left, Judgement right)
    {
        var order = right.Said != left.Said ? right.Said.CompareTo(left.Said) : Hold(right).CompareTo(Hold(left));
        return order > 0 || (order == 0 && string.CompareOrdinal(right.Reason, left.Reason) > 0) ? right : left;
    }

    private static int Hold(Judgement judgement) => judgement is { Said: Judged.Affected, Fix: null } ? (judgement.IsBounded ? 1 : 2) : 0;
}
