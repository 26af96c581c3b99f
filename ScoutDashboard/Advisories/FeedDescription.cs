using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>What a feed is, for the runner and for people.</summary>
/// <param name="Key">Stable name, key of its state in the database; an ecosystem for feeds of the OSV bucket.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Source">Where it is read from, as it may be shown: never a user name, password or query.</param>
/// <param name="Databases">Whose data it carries, with their licences.</param>
public sealed record FeedDescription(string Key, string Title, string Source, IReadOnlyList<AdvisoryDatabase> Databases)
{
    /// <summary>Base ecosystem whose packages count as matched once the feed was loaded; null for what only adds to other feeds.</summary>
    public string? Covers { get; init; }

    /// <summary>Why it is not loaded although needed, and what to do; null where it is.</summary>
    public string? Refusal { get; init; }
}
