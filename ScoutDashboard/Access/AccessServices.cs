namespace ScoutDashboard.Access;

/// <summary>Registers sign-in and maps its endpoints.</summary>
public static class AccessServices
{
    public static IServiceCollection AddScoutAccess(this IServiceCollection services) => services;

    public static void MapScoutAccess(this IEndpointRouteBuilder endpoints) => ArgumentNullException.ThrowIfNull(endpoints);
}
