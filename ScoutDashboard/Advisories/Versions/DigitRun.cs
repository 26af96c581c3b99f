namespace ScoutDashboard.Advisories.Versions;

/// <summary>Numbers in version texts, kept as their digits so that none is too long; an empty run is zero.</summary>
internal static class DigitRun
{
    /// <summary>How many ASCII digits <paramref name="text"/> starts with.</summary>
    public static int Length(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;

    public static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && Length(text) == text.Length;

    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
