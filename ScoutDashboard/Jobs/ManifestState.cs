namespace ScoutDashboard.Jobs;

/// <summary>What is known of one manifest, and what becomes of its image where it has one.</summary>
internal sealed class ManifestState
{
    public ManifestState()
    {
    }

    /// <param name="imageId">Row of its image.</param>
    /// <param name="isAnalysed">Whether nothing is left to analyse.</param>
    /// <param name="pushedAt">As the image's row has it.</param>
    /// <param name="deletedAt">As the image's row has it.</param>
    public ManifestState(long imageId, bool isAnalysed, DateTime? pushedAt, DateTime? deletedAt) =>
        (ImageId, IsAnalysed, PushedAt, DeletedAt) = (imageId, isAnalysed, pushedAt, deletedAt);

    public long? ImageId { get; }
    public bool IsAnalysed { get; }
    public DateTime? PushedAt { get; }
    public DateTime? DeletedAt { get; private set; }

    /// <summary>Whether <see cref="DeletedAt"/> is other than its row has it.</summary>
    public bool IsDeletionDue { get; private set; }

    /// <summary>The newest push that an event told of, whatever became of it.</summary>
    public DateTime? PushToldAt { get; private set; }

    /// <summary>The newest deletion that an event told of, whatever became of it.</summary>
    public DateTime? DeletionToldAt { get; private set; }

    /// <summary>Whether it was pushed again after it was deleted, or was so between two changes.</summary>
    public bool IsRevived { get; private set; }

    /// <summary>Whether a tag leads to it, or did between two changes.</summary>
    public bool IsNeeded { get; set; }

    public void NotePush(DateTime at) => PushToldAt = PushToldAt > at ? PushToldAt : at;

    public void NoteDeletion(DateTime at) => DeletionToldAt = DeletionToldAt > at ? DeletionToldAt : at;

    public void Revive()
    {
        if (DeletedAt is not null)
        {
            (DeletedAt, IsDeletionDue, IsRevived) = (null, true, true);
        }
    }

    public void Delete(DateTime at)
    {
        if (ImageId is not null && (DeletedAt is not { } before || before < at))
        {
            (DeletedAt, IsDeletionDue) = (at, true);
        }
    }
}
