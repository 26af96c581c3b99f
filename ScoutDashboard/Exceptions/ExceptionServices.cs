namespace ScoutDashboard.Exceptions;

/// <summary>Registers exceptions.</summary>
public static class ExceptionServices
{
    public static IServiceCollection AddScoutExceptions(this IServiceCollection services) => services
        .AddSingleton<ExceptionSignal>()
        .AddSingleton<ExceptionLapse>()
        .AddSingleton<ExceptionService>();
}
