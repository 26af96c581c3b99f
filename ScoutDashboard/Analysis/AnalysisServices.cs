namespace ScoutDashboard.Analysis;

/// <summary>Registers the analyser.</summary>
public static class AnalysisServices
{
    public static IServiceCollection AddScoutAnalysis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => AnalysisSetup.Read(configuration));
        services.AddSingleton<LayerSource>();
        services.AddSingleton<ImageStore>();
        services.AddSingleton<InventoryStore>();
        services.AddSingleton<ImageAssembly>();
        services.AddSingleton<ImageReader>();
        services.AddSingleton<ImageAnalyser>();
        return services;
    }
}
