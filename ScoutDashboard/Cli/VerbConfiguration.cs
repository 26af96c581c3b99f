namespace ScoutDashboard.Cli;

/// <summary>The configuration that a verb and the dashboard share: the files beside the program and environment variables, as the host reads them.</summary>
internal static class VerbConfiguration
{
    private const string HostPrefix = "ASPNETCORE_";

    public static IConfiguration Read()
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production;
        return new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddJsonFile($"appsettings.{environment}.json", optional: true)
            .AddEnvironmentVariables(HostPrefix).AddEnvironmentVariables().Build();
    }
}
