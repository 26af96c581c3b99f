namespace ScoutDashboard.Advisories.Osv;

/// <summary>Where the reading of one ecosystem stands.</summary>
/// <param name="Archive">Tag of the archive that was stored whole last.</param>
/// <param name="FullAt">When that was, or was found to be the current one.</param>
/// <param name="Seen">Everything that changed before this instant is stored.</param>
/// <param name="List">Tag of the list of changes that was read last, where all of it is stored.</param>
/// <param name="Rejected">Records that could not be read since.</param>
internal sealed record OsvPosition(string? Archive, DateTime FullAt, DateTime? Seen, string? List, int Rejected)
{
    /// <summary>Null for a text that is none.</summary>
    public static OsvPosition? Parse(string? text) => FeedPosition.Read<OsvPosition>(text);

    public override string ToString() => FeedPosition.Write(this);
}
