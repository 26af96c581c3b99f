using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Reports;

/// <summary>Registers the read-only queries and maps the exports.</summary>
public static class ReportServices
{
    public static IServiceCollection AddScoutReports(this IServiceCollection services) => services
        .AddSingleton<OverviewReport>()
        .AddSingleton<NeedsReport>()
        .AddSingleton<ChangesReport>()
        .AddSingleton<ImageListReport>()
        .AddSingleton<RepositoryReport>()
        .AddSingleton<ImageReport>()
        .AddSingleton<BaseImageReport>()
        .AddSingleton<AttestationReport>()
        .AddSingleton<FindingsReport>()
        .AddSingleton<ImagePackagesReport>()
        .AddSingleton<PackagesReport>()
        .AddSingleton<VulnerabilitiesReport>()
        .AddSingleton<VulnerabilityReport>()
        .AddSingleton<ExceptionsReport>()
        .AddSingleton<ImageFinder>()
        .AddSingleton<SbomReport>();

    public static void MapScoutReports(this IEndpointRouteBuilder endpoints) => ExportEndpoints.Map(endpoints);
}
