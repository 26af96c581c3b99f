namespace ScoutDashboard.Advisories;

/// <summary>Registers the advisory feeds.</summary>
public static class AdvisoryServices
{
    public static IServiceCollection AddScoutAdvisories(this IServiceCollection services, IConfiguration configuration) => services;
}
