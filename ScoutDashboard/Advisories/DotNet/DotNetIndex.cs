namespace ScoutDashboard.Advisories.DotNet;

/// <summary>Reads <c>releases-index.json</c>: which channels .NET has.</summary>
public static class DotNetIndex
{
    private const int MaxChannels = 200;

    // Before .NET Core 3.0 there were no packs of the runtimes, by which they are known here.
    private const int FirstMajor = 3;

    /// <summary>The channels whose runtimes are known by their packs, e.g. <c>8.0</c>.</summary>
    /// <exception cref="FeedException">It is no such index, or names no such channel.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(Stream json, CancellationToken cancellationToken)
    {
        using var document = await FeedJson.ParseAsync(json, "The index of .NET releases", cancellationToken);
        var channels = (FeedJson.List(document.RootElement, "releases-index") ?? default).Take(MaxChannels)
            .Select(entry => FeedJson.Text(entry, "channel-version")).Where(IsKnown).Select(channel => channel!).Distinct().ToList();
        return channels.Count > 0 ? channels : throw new FeedException("The file is not the index of .NET releases.");
    }

    // It becomes a part of paths and addresses.
    private static bool IsKnown(string? channel) => channel?.Split('.') is [{ Length: 1 or 2 } major, { Length: 1 or 2 } minor]
        && major.All(char.IsAsciiDigit) && minor.All(char.IsAsciiDigit) && int.Parse(major, null) >= FirstMajor;
}
