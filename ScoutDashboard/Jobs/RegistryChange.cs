using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>Something that happened in a registry, as an event or a listing tells it.</summary>
public abstract record RegistryChange(long RepositoryId);

/// <summary>That a manifest was pushed. Digest null: the teller didn't say which, so the registry must be asked for its latest.</summary>
/// <param name="At">When, UTC, by the registry's clock where it told.</param>
public sealed record Push(long RepositoryId, string? Tag, Digest? Digest, DateTime At, JobReason Reason) : RegistryChange(RepositoryId);

/// <summary>That a manifest was deleted, with its tags.</summary>
/// <param name="At">When, UTC, by the registry's clock where it told.</param>
public sealed record Deletion(long RepositoryId, Digest Digest, DateTime At) : RegistryChange(RepositoryId);

/// <summary>That a tag points at a manifest, which is no reason to analyse it.</summary>
/// <param name="At">Since when, UTC.</param>
public sealed record TagMove(long RepositoryId, string Tag, Digest Digest, DateTime At) : RegistryChange(RepositoryId);

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    /// <summary>The pushed manifest will be analysed.</summary>
    Queued,
    AlreadyQueued,
    AlreadyAnalysed,
    RepositoryDisabled,

    /// <summary>The push doesn't count: a later deletion is known.</summary>
    DeletedSince,
    Deleted,

    /// <summary>The deletion doesn't count: a later push is known.</summary>
    PushedSince,

    /// <summary>The tag points there, or where a later move led it.</summary>
    Moved,
}
