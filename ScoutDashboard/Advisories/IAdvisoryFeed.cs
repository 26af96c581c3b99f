using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>
/// One source of knowledge about vulnerabilities: fetches it and stores it. Everything around (when it runs, how it went, its page) is <see cref="FeedRunner"/>'s
/// and the same for all. A feed reads files by <see cref="FeedSource"/> only, so that each works from a folder, too.
/// </summary>
public interface IAdvisoryFeed
{
    FeedDescription Description { get; }

    /// <summary>Whether the inventory has anything installed that this feed tells about; others are not loaded.</summary>
    Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken);

    /// <summary>All files that it reads, for copying them to a site without internet. May read some of them to know the others.</summary>
    Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken);

    /// <summary>Brings what is stored up to the source.</summary>
    /// <returns>Null where the source has not changed.</returns>
    /// <exception cref="FeedException">The source could not be read; what was stored before is still in place.</exception>
    Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken);
}

/// <summary>What a run begins with.</summary>
/// <param name="Position">What the last run that succeeded returned, or null: the first time, after another source, or when what is stored may be half.</param>
/// <param name="Import">Stores advisories in OSV form.</param>
/// <param name="Databases">For what is stored otherwise.</param>
public sealed record FeedRun(string? Position, AdvisoryImport Import, IDbContextFactory<ScoutDb> Databases)
{
    /// <summary>Records that are stored of it, as the last run that succeeded returned them.</summary>
    public int Records { get; init; }

    /// <summary>Their latest time of change.</summary>
    public DateTime? Newest { get; init; }
}

/// <summary>How a feed stands after a run.</summary>
/// <param name="Records">Records that are stored now.</param>
/// <param name="Rejected">Records that could not be read.</param>
/// <param name="Newest">The latest time of change of a record.</param>
/// <param name="Position">The feed's own note for its next run: entity tag, cursor or both.</param>
public sealed record FeedResult(int Records, int Rejected, DateTime? Newest, string? Position);

/// <summary>A feed of advisories in OSV form, which can also be read without a database.</summary>
public interface IRecordFeed : IAdvisoryFeed
{
    /// <summary>Base ecosystems that its records name.</summary>
    IReadOnlyList<string> Ecosystems { get; }

    /// <summary>Every record of the source. Throws as <see cref="IAdvisoryFeed.RunAsync"/> does.</summary>
    IAsyncEnumerable<AdvisoryItem> ReadAllAsync(CancellationToken cancellationToken);
}
