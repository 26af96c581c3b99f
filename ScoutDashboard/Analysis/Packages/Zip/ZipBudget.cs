namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>How many bytes all members of an archive, and of the archives in it, may inflate to together.</summary>
internal sealed class ZipBudget(long bytes)
{
    private long _taken;

    /// <summary>Whether more was asked for than there was: nothing is inflated any more.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Throws <see cref="InvalidDataException"/> where so many bytes are not left.</summary>
    public void Take(long count)
    {
        IsSpent |= count > bytes - _taken;
        if (IsSpent)
        {
            throw new InvalidDataException($"The archive's members inflate to more than {bytes} bytes.");
        }

        _taken += count;
    }
}
