namespace ScoutDashboard.Advisories.Msrc;

/// <summary>Reads the list of Microsoft's security updates: a document for each month, and for what came between (api.msrc.microsoft.com, cvrf/v3.0/updates).</summary>
public static class MsrcUpdates
{
    private const int MaxDocuments = 2000;

    /// <summary>The documents, each with the time of its last change; the newest first.</summary>
    /// <exception cref="FeedException">It is no such list, or names no document.</exception>
    public static async Task<IReadOnlyList<(string Id, DateTime ChangedAt)>> ReadAsync(Stream json, CancellationToken cancellationToken)
    {
        using var document = await FeedJson.ParseAsync(json, "The list of security updates", cancellationToken);
        var listed = (FeedJson.List(document.RootElement, "value") ?? default).Take(MaxDocuments)
            .Select(entry => (Id: FeedJson.Text(entry, "ID"), ChangedAt: FeedJson.Time(entry, "CurrentReleaseDate"), Since: FeedJson.Time(entry, "InitialReleaseDate")))
            .Where(entry => entry.ChangedAt is not null && IsPlain(entry.Id)).DistinctBy(entry => entry.Id)
            .OrderByDescending(entry => entry.Since ?? entry.ChangedAt).ThenBy(entry => entry.Id, StringComparer.Ordinal).Select(entry => (entry.Id!, entry.ChangedAt!.Value)).ToList();
        return listed.Count > 0 ? listed : throw new FeedException("The file is not the list of security updates.");
    }

    // "2026-Sep": it becomes a part of paths and addresses.
    private static bool IsPlain(string? id) => id is [>= '0' and <= '9', ..] and { Length: <= 20 } && id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
