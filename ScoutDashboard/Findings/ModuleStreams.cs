using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>
/// Compares a package of a module with what is fixed in the same stream only: <c>nodejs:18</c> and <c>nodejs:20</c> are supported side by side, and neither
/// has the versions of the other (Fedora Modularity). Packages of modules and others are no versions of one another either; their releases tell them apart.
/// </summary>
internal static class ModuleStreams
{
    // ".module_el8.6.0+2904+f21ad6f4" of AlmaLinux, ".module+el8.5.0+10613+59a13ec4" of Red Hat and Rocky.
    private static readonly string[] Marks = [".module_el", ".module+el"];

    public static Judgement Judge(OsvRecord record, OsvRange range, MatchTarget target, Func<OsvRange, MatchTarget, Judgement> compare)
    {
        if (!new Ecosystem(target.EcosystemBase).HasModules)
        {
            return compare(range, target);
        }

        var named = range.Events.Select(boundary => boundary.Version).Where(version => version != "0").ToList();
        if (named.Count == 0)
        {
            return compare(range, target);
        }

        if ((IsModular(target) is { } known && known != named.Exists(IsModular)) || (target.Stream is { } own && record.Streams.Count > 0 && !record.Streams.Contains(own)))
        {
            return Judgement.NotAffected;
        }

        var judged = compare(range, target);
        return !named.Exists(IsModular) || judged.Said != Judged.Affected || (target.Stream is not null && record.Streams.Count > 0) || named.Exists(version => IsSameBuild(version, target.Version)) ? judged
            : Judgement.Undecided(target.Stream is { } stream
                ? $"The package is of the module {DisplayText.Sanitise(stream, 60)}; which stream the advisory is about, it does not tell."
                : "The package is of a module whose stream is not known; the advisory is about one stream.");
    }

    /// <summary>Whether the installed package may be updated to that version: as one of a module or of none.</summary>
    public static bool MayFollow(MatchTarget target, string version) => IsModular(target) is not { } known || known == IsModular(version);

    // A version without release, which only a person names, does not tell.
    private static bool? IsModular(MatchTarget target) => target.Stream is not null || IsModular(target.Version) ? true : target.Version.Contains('-') ? false : null;

    private static bool IsModular(string version) => Mark(version) >= 0;

    // The same build of the module stands in both releases: then it is of one stream.
    private static bool IsSameBuild(string left, string right) => Mark(left) is var at and >= 0 && Mark(right) is var other and >= 0 && left.AsSpan(at).SequenceEqual(right.AsSpan(other));

    private static int Mark(string version) => Array.ConvertAll(Marks, mark => version.IndexOf(mark, StringComparison.Ordinal)).Max();
}
