namespace ScoutDashboard.Reports;

/// <summary>One page of a list, and how many rows the whole list has.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Rows, int Total);

/// <summary>Which page of a list: pages count from 1.</summary>
public readonly record struct PageRequest(int Number, int Size)
{
    /// <summary>Rows before this page; a nonsensical number from the URL is the first page.</summary>
    public int Skip => (int)Math.Min((long)(Math.Max(Number, 1) - 1) * Size, int.MaxValue);
}
