namespace ScoutDashboard.Advisories;

/// <summary>What every run of a feed shares: the time, the configured intervals, and whom to tell.</summary>
public sealed class AdvisoryClock(TimeProvider clock, AdvisoryOptions options, AdvisorySignal signal)
{
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    public AdvisoryOptions Options => options;

    public AdvisorySignal Signal => signal;
}
