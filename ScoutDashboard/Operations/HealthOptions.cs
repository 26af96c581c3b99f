namespace ScoutDashboard.Operations;

/// <summary>Configuration section <c>Health</c>: from where on something counts as wrong.</summary>
public sealed record HealthOptions
{
    /// <summary>Free space of the data folder in bytes below which the dashboard is not ready.</summary>
    public long MinimumFreeBytes { get; init; } = 100L << 20;

    /// <summary>Free space of the data folder in bytes below which it is told as low.</summary>
    public long LowFreeBytes { get; init; } = 1L << 30;

    /// <summary>How long an analysis may be due while a worker is free.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(10);

    public static HealthOptions Read(IConfiguration configuration) => configuration.GetSection("Health").Get<HealthOptions>() ?? new HealthOptions();
}
