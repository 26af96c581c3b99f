using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis;

/// <summary>Registers the analyser.</summary>
public static class AnalysisServices
{
    public static IServiceCollection AddScoutAnalysis(this IServiceCollection services, IConfiguration configuration)
    {
        var limits = configuration.GetSection("Analysis:Limits").Get<AnalysisLimits>() ?? new AnalysisLimits();
        services.AddSingleton(_ => new AnalysisSetup(AnalysisOptions.Read(configuration), limits, PackageExtractors.All));
        services.AddSingleton<LayerSource>();
        services.AddSingleton<ImageStore>();
        services.AddSingleton<InventoryStore>();
        services.AddSingleton<ImageReader>();
        services.AddSingleton<ImageAnalyser>();
        return services;
    }
}
