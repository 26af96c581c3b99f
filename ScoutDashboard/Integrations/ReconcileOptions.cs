namespace ScoutDashboard.Integrations;

/// <summary>How often a registry is looked at for pushes that no event told of.</summary>
/// <param name="ReconcileInterval">Configuration <c>Repositories:ReconcileInterval</c>, at least a second.</param>
public sealed record ReconcileOptions(TimeSpan ReconcileInterval)
{
    public static ReconcileOptions Read(IConfiguration configuration)
    {
        var interval = configuration.GetValue("Repositories:ReconcileInterval", TimeSpan.FromMinutes(15));
        return new ReconcileOptions(interval < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : interval);
    }
}
