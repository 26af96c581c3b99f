namespace ScoutDashboard.Analysis;

/// <summary>Registers the analyser.</summary>
public static class AnalysisServices
{
    public static IServiceCollection AddScoutAnalysis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ImageAnalyser>();
        return services;
    }
}
