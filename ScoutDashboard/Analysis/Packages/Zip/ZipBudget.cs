namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>How many bytes all members of an archive, and of the archives in it, may inflate to together, and how many members each may have.</summary>
internal sealed class ZipBudget(FormatLimits limits)
{
    private long _taken;

    public int MaxMembers => limits.ZipMembers;

    /// <summary>Whether more was asked for than there was: nothing is inflated any more.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Throws <see cref="FormatLimitException"/> where so many bytes are not left.</summary>
    public void Take(long count)
    {
        IsSpent |= count > limits.ZipInflatedBytes - _taken;
        if (IsSpent)
        {
            throw new FormatLimitException($"The archive's members inflate to more than {limits.ZipInflatedBytes} bytes.");
        }

        _taken += count;
    }
}
