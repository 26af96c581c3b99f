using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.DotNet;

/// <summary>What a channel's <c>releases.json</c> tells of vulnerabilities (dotnet/core, release-notes/schemas): which build of each runtime fixed which.</summary>
/// <param name="Version">Major and minor, e.g. <c>8.0</c>.</param>
/// <param name="EndedOn">When support ended; null while it goes on.</param>
/// <param name="Fixes">The last of each vulnerability and runtime.</param>
/// <param name="Rejected">Releases and vulnerabilities that could not be read.</param>
public sealed record DotNetChannel(string Version, DateOnly? EndedOn, IReadOnlyList<DotNetFix> Fixes, int Rejected)
{
    private const int MaxReleases = 2000;
    private const int MaxVersion = 60;
    private static readonly IVersionScheme Scheme = VersionSchemes.Find(Ecosystem.NuGet)!;

    // Names in a release, and the packs that the runtime is known by.
    private static readonly (string Name, string Family)[] Runtimes = [("runtime", RuntimePacks.Core), ("aspnetcore-runtime", RuntimePacks.AspNetCore), ("windowsdesktop", RuntimePacks.WindowsDesktop)];

    /// <exception cref="FeedException">It is not the list of this channel's releases.</exception>
    public static async Task<DotNetChannel> ReadAsync(string channel, Stream json, CancellationToken cancellationToken)
    {
        using var document = await FeedJson.ParseAsync(json, $"The list of releases of .NET {channel}", cancellationToken);
        var root = document.RootElement;
        if (FeedJson.Text(root, "channel-version") != channel || FeedJson.List(root, "releases") is not { } list || list.Count() is 0 or > MaxReleases)
        {
            throw new FeedException($"The file is not the list of releases of .NET {channel}.");
        }

        var fixes = new Dictionary<(string Cve, string Family), DotNetFix>();
        var newest = new Dictionary<string, string>(StringComparer.Ordinal);
        var rejected = 0;
        // The newest stands first; of one day's releases, too.
        foreach (var release in list.Reverse().OrderBy(release => FeedJson.Time(release, "release-date") ?? DateTime.MaxValue))
        {
            if (FeedJson.Time(release, "release-date") is not { } date)
            {
                rejected++;
                continue;
            }

            var built = Built(release, channel, newest);
            foreach (var listed in FeedJson.List(release, "cve-list") ?? default)
            {
                if (FeedJson.Text(listed, "cve-id")?.Trim() is not { } cve || !CveId.IsValid(cve))
                {
                    rejected++;
                    continue;
                }

                foreach (var (family, version) in built)
                {
                    fixes[(cve, family)] = new DotNetFix(channel, cve, family, version, date);
                }
            }
        }

        return new DotNetChannel(channel, EndOf(root), [.. fixes.Values], rejected);
    }

    // The runtimes that are new in a release: one that it only repeats, beside another SDK, can't hold a fix that the release before did not.
    private static List<(string Family, string Version)> Built(JsonElement release, string channel, Dictionary<string, string> newest)
    {
        var built = new List<(string Family, string Version)>();
        foreach (var (name, family) in Runtimes)
        {
            if (FeedJson.Member(release, name) is { } runtime && FeedJson.Text(runtime, "version") is { Length: <= MaxVersion } version && version.StartsWith($"{channel}.", StringComparison.Ordinal)
                && Scheme.Compare(version, version) is not null && (!newest.TryGetValue(family, out var last) || Scheme.Compare(version, last) > 0))
            {
                newest[family] = version;
                built.Add((family, version));
            }
        }

        return built;
    }

    private static DateOnly? EndOf(JsonElement root) => FeedJson.Text(root, "support-phase") == "eol"
        && DateOnly.TryParseExact(FeedJson.Text(root, "eol-date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}

/// <summary>That a build of a runtime came with the fix of a vulnerability that is somewhere in .NET.</summary>
/// <param name="Family">How the names of the runtime's packs begin, see <see cref="RuntimePacks"/>.</param>
public sealed record DotNetFix(string Channel, string Cve, string Family, string Version, DateTime ReleasedOn);
