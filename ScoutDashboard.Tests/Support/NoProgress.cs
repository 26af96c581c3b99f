namespace ScoutDashboard.Tests.Support;

/// <summary>Progress that nobody looks at.</summary>
public sealed class NoProgress : IProgress<long>
{
    public static readonly NoProgress Instance = new();

    public void Report(long value)
    {
    }
}
