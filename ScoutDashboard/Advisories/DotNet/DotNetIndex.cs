using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.DotNet;

/// <summary>What <c>releases-index.json</c> tells: which channels .NET has, and of which support ended.</summary>
/// <param name="Channels">Those whose runtimes are known by their packs, e.g. <c>8.0</c>.</param>
/// <param name="Ends">When support ended, by channel; null where that is not told. Channels without packs, too: their runtimes may lie in images.</param>
public sealed record DotNetIndex(IReadOnlyList<string> Channels, IReadOnlyDictionary<string, DateTime?> Ends)
{
    public const string Product = ".NET";

    private const int MaxChannels = 200;

    // Before .NET Core 3.0 there were no packs of the runtimes, by which the lists of their releases are known here.
    private const int FirstMajor = 3;

    private static readonly string[] Families = [RuntimePacks.Core, RuntimePacks.AspNetCore, RuntimePacks.WindowsDesktop];

    /// <exception cref="FeedException">It is no such index, or names no channel with packs.</exception>
    public static async Task<DotNetIndex> ReadAsync(Stream json, CancellationToken cancellationToken)
    {
        using var document = await FeedJson.ParseAsync(json, "The index of .NET releases", cancellationToken);
        var entries = (FeedJson.List(document.RootElement, "releases-index") ?? default).Take(MaxChannels)
            .Select(entry => (Channel: FeedJson.Text(entry, "channel-version"), HasEnded: FeedJson.Text(entry, "support-phase") == "eol", EndedOn: DayOf(entry)))
            .Where(entry => IsChannel(entry.Channel)).DistinctBy(entry => entry.Channel).ToList();
        var channels = entries.Select(entry => entry.Channel!).Where(channel => int.Parse(channel.Split('.')[0], CultureInfo.InvariantCulture) >= FirstMajor).ToList();
        return channels.Count > 0
            ? new DotNetIndex(channels, entries.Where(entry => entry.HasEnded).ToDictionary(entry => entry.Channel!, entry => entry.EndedOn, StringComparer.Ordinal))
            : throw new FeedException("The file is not the index of .NET releases.");
    }

    /// <summary>The ends of support as what is installed is compared with them.</summary>
    public IEnumerable<SupportEnd> SupportEnds() => Ends.SelectMany(end => Families.Select(family => new SupportEnd
    {
        Product = Product, Channel = end.Key, EndedOn = end.Value, EcosystemBase = Ecosystem.NuGet, NamePrefix = family,
    }));

    private static DateTime? DayOf(JsonElement entry) =>
        DateTime.TryParseExact(FeedJson.Text(entry, "eol-date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : null;

    // It becomes a part of paths and addresses.
    private static bool IsChannel(string? channel) => channel?.Split('.') is [{ Length: 1 or 2 } major, { Length: 1 or 2 } minor] && major.All(char.IsAsciiDigit) && minor.All(char.IsAsciiDigit);
}
