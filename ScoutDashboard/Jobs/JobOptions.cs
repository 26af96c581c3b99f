using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Jobs;

/// <summary>Configuration section <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>Attempts at one job, the first included, 1 to 20.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 6;

    /// <summary>Analyses that run at the same time, 1 to 16.</summary>
    [Range(1, 16)]
    public int Workers { get; init; } = 2;

    public static JobOptions Read(IConfiguration configuration) =>
        new() { Workers = Math.Clamp(configuration.GetValue("Jobs:Workers", 2), 1, 16), MaxAttempts = Math.Clamp(configuration.GetValue("Jobs:MaxAttempts", 6), 1, 20) };
}
