namespace ScoutDashboard.Benchmarks;

/// <summary>Nobody watches.</summary>
internal sealed class NoProgress : IProgress<long>
{
    public static readonly NoProgress Instance = new();

    public void Report(long value)
    {
    }
}
