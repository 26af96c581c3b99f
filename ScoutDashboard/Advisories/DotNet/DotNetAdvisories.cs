using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.DotNet;

/// <summary>
/// Makes advisories of the lists of releases. These tell that a build came with a fix somewhere in .NET, not where: so they never say that a runtime is affected,
/// only that nobody can say it is not, and nothing where an advisory on the same CVE names the packages.
/// </summary>
internal static class DotNetAdvisories
{
    public const string IdPrefix = "DOTNET-";

    // Any platform's pack stands for all of its runtime.
    private static readonly Dictionary<string, string> Packs = new()
    {
        [RuntimePacks.Core] = "Microsoft.NETCore.App.Runtime.linux-x64", [RuntimePacks.AspNetCore] = "Microsoft.AspNetCore.App.Runtime.linux-x64", [RuntimePacks.WindowsDesktop] = "Microsoft.WindowsDesktop.App.Runtime.win-x64",
    };

    /// <summary>One for each CVE of which there is something left to tell.</summary>
    public static IEnumerable<AdvisoryItem> Of(IReadOnlyCollection<DotNetChannel> channels, HomeAdvisories home)
    {
        var ends = channels.ToDictionary(channel => channel.Version, channel => channel.EndedOn, StringComparer.Ordinal);
        foreach (var same in channels.SelectMany(channel => channel.Fixes).GroupBy(fix => fix.Cve, StringComparer.Ordinal).OrderBy(same => same.Key, StringComparer.Ordinal))
        {
            var others = home.On(same.Key);
            var left = same.Select(fix => (Fix: fix, Doubt: DoubtOf(fix, others))).Where(pair => pair.Doubt is not null).ToList();
            if (left.Count > 0)
            {
                yield return Record(same.Key, left.ConvertAll(pair => (pair.Fix, $"{pair.Doubt}{Note(pair.Fix, ends[pair.Fix.Channel])}")));
            }
        }
    }

    /// <summary>Why nobody can say whether a runtime before a fix is affected; null where the other advisories say it.</summary>
    public static string? DoubtOf(DotNetFix fix, IReadOnlyList<OsvRecord> others)
    {
        var named = others.SelectMany(record => record.Affected.Select(entry => (record.Id, Name: AdvisoryNames.Normalise(Ecosystem.NuGet, entry.Name), Entry: entry))).ToList();
        var listed = $"Microsoft lists this as fixed with .NET {fix.Version}";
        if (named.Count == 0)
        {
            return $"{listed}, not in which part of it.";
        }

        // One that names any runtime has thought of the others.
        if (named.FindAll(package => RuntimePacks.FamilyOf(package.Name) is not null) is { Count: > 0 } runtimes)
        {
            return runtimes.FindAll(package => RuntimePacks.FamilyOf(package.Name) == fix.Family) is { Count: > 0 } same && !same.Exists(package => Tells(package.Entry, fix.Channel))
                ? $"{listed}; {Shown(same[0].Id)} names this runtime, but none of its versions {fix.Channel}." : null;
        }

        return named.Find(package => RuntimeParts.MayBeOf(fix.Family, package.Name)) is { Entry: not null } part
            ? $"{listed}; {Shown(part.Id)} names the package {Shown(part.Entry.Name)}, which this runtime may hold, too." : null;
    }

    // A range from the beginning is about every channel; others have a version of theirs at an end of it.
    private static bool Tells(OsvAffected entry, string channel) => entry.Versions.Concat(entry.Ranges.SelectMany(range => range.Events).Select(boundary => boundary.Version))
        .Any(version => version == "0" || version.StartsWith($"{channel}.", StringComparison.Ordinal));

    private static string Note(DotNetFix fix, DateOnly? endedOn) => endedOn is { } date
        ? $" Support of .NET {fix.Channel} ended on {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: what was found later is not listed." : "";

    private static AdvisoryItem Record(string cve, List<(DotNetFix Fix, string Doubt)> left)
    {
        var id = IdPrefix + cve;
        var fixes = left.Select(pair => pair.Fix).OrderBy(fix => Packs[fix.Family], StringComparer.Ordinal).ThenBy(fix => fix.ReleasedOn).ThenBy(fix => fix.Version, StringComparer.Ordinal).ToList();
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schema_version = "1.7.0",
            id,
            modified = fixes.Max(fix => fix.ReleasedOn),
            published = fixes.Min(fix => fix.ReleasedOn),
            aliases = new[] { cve },
            summary = $"A vulnerability in .NET, fixed with {string.Join(", ", fixes.Select(fix => fix.Version).Distinct().Take(20))}",
            details = $"Microsoft's lists of .NET releases name {cve} as fixed with these builds, but not the part of .NET that has the fault:\n\n"
                + string.Join('\n', fixes.Select(fix => $"- {Packs[fix.Family].Split(".Runtime")[0]} {fix.Version}, {fix.ReleasedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}")),
            affected = left.Select(pair => new
            {
                package = new { ecosystem = Ecosystem.NuGet, name = Packs[pair.Fix.Family] },
                // The least version of the channel there can be: its previews count, too.
                ranges = new[] { new { type = "ECOSYSTEM", events = new object[] { new { introduced = $"{pair.Fix.Channel}.0-0" }, new { @fixed = pair.Fix.Version } } } },
                database_specific = new Dictionary<string, string> { [OsvReader.DoubtName] = pair.Doubt },
            }),
            references = new[] { new { type = "ADVISORY", url = $"https://msrc.microsoft.com/update-guide/vulnerability/{cve}" } },
        });
        return AdvisoryItem.Parse(id, json);
    }

    private static string Shown(string text) => DisplayText.Sanitise(text, 100);
}
