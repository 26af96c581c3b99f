namespace ScoutDashboard.Integrations.Deployments;

/// <summary>What a registry's integration costs in Azure in a month of 30 days, in US dollars, by the prices that Docker's guide gave: an estimate, not an offer.</summary>
/// <param name="PushesPerDay">Images pushed a day.</param>
/// <param name="GigabytesPerPush">New layers that an analysis downloads, GB; layers seen before are not pulled again.</param>
public sealed record CostEstimate(int PushesPerDay, decimal GigabytesPerPush)
{
    public const int FreeOperations = 100_000;
    public const decimal DollarsPerMillionOperations = 0.60m;
    public const decimal FreeGigabytes = 100m;
    public const decimal DollarsPerGigabyte = 0.10m;
    private const int Days = 30;

    // Event Grid counts the event's arrival and its delivery.
    private const int OperationsPerPush = 2;

    /// <summary>Event Grid operations a month.</summary>
    public long Operations => (long)PushesPerDay * Days * OperationsPerPush;

    /// <summary>GB that leave Azure a month; nothing is charged where the dashboard runs in the registry's region.</summary>
    public decimal Egress => PushesPerDay * Days * GigabytesPerPush;

    public decimal EventDollars => Math.Max(0, Operations - FreeOperations) * DollarsPerMillionOperations / 1_000_000m;

    public decimal EgressDollars => Math.Max(0, Egress - FreeGigabytes) * DollarsPerGigabyte;

    public decimal Dollars => EventDollars + EgressDollars;
}
