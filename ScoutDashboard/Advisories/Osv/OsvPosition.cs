namespace ScoutDashboard.Advisories.Osv;

/// <summary>Where the reading of one ecosystem stands.</summary>
/// <param name="Archive">Tag of the archive that was stored whole last.</param>
/// <param name="FullAt">When that was, or was found to be the current one.</param>
/// <param name="Seen">Everything that changed before this instant is stored.</param>
/// <param name="List">Tag of the list of changes that was read last, where all of it is stored.</param>
/// <param name="Rejected">Records that could not be read since, each counted once.</param>
internal sealed record OsvPosition(string? Archive, DateTime FullAt, DateTime? Seen, string? List, int Rejected)
{
    // Of an archive of nothing but such records not all: those of them that are changed before it is read again are counted twice.
    private const int MostUnread = 10_000;

    /// <summary>The ids of those: a record of the newest instant is fetched each time, and is no other for that.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>With what an archive brought.</summary>
    public static OsvPosition Of(string? archive, DateTime fullAt, DateTime? seen, int rejected, IEnumerable<string> unread) =>
        new(archive, fullAt, seen, List: null, rejected) { Unread = Some(unread) };

    /// <summary>With the records that were fetched one by one: those that can be read now are no longer counted.</summary>
    /// <param name="fetched">Their ids.</param>
    /// <param name="unread">Those of them that can't be read.</param>
    public OsvPosition After(IReadOnlySet<string> fetched, IReadOnlyCollection<string> unread)
    {
        var before = Unread.ToHashSet(StringComparer.Ordinal);
        return this with
        {
            Rejected = Math.Max(0, Rejected - before.Count(fetched.Contains)) + unread.Count,
            Unread = Some(before.Where(id => !fetched.Contains(id)).Concat(unread)),
        };
    }

    private static List<string> Some(IEnumerable<string> unread) => [.. unread.Order(StringComparer.Ordinal).Take(MostUnread)];

    /// <summary>Null for a text that is none.</summary>
    public static OsvPosition? Parse(string? text) => FeedPosition.Read<OsvPosition>(text);

    public override string ToString() => FeedPosition.Write(this);
}
