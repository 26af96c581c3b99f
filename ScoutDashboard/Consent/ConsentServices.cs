namespace ScoutDashboard.Consent;

/// <summary>Registers by whose rights something is done in Azure.</summary>
public static class ConsentServices
{
    public static IServiceCollection AddScoutConsent(this IServiceCollection services) => services.AddSingleton<AzureIdentities>();
}
