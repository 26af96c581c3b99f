using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Azure;
using ScoutDashboard.Cli;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>A dashboard's database that was set up, the verbs over it, and Azure and contoso as doubles.</summary>
internal sealed class AzureShellRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-azure-");
    private readonly OutsideDouble _outside = new();
    private readonly ServiceProvider _services;

    private readonly string _publicUrl;

    private AzureShellRig(ArmDouble arm, string publicUrl)
    {
        (Arm, _publicUrl) = (arm, publicUrl);
        _services = Services(arm.Clients(new HastyClock(), new EntraDouble(TimeProvider.System)));
    }

    public ArmDouble Arm { get; }

    /// <summary>Lets in by any password, and the dashboard's identity by its role.</summary>
    public AcrDouble Acr { get; } = new() { Identities = new AcrExchange(TimeProvider.System) };

    public string DataDirectory => _folder.FullName;

    public string DatabasePath => Path.Combine(_folder.FullName, "scout.db");

    public IntegrationService Integrations => _services.GetRequiredService<IntegrationService>();

    /// <param name="publicUrl">Where Azure reaches the dashboard; "": nowhere.</param>
    public static async Task<AzureShellRig> CreateAsync(string publicUrl = "https://scout.example.com")
    {
        var rig = new AzureShellRig(await ArmDouble.StartAsync(), publicUrl);
        await DataServices.MigrateAsync(rig._services, default);
        await using var db = rig.Database();
        db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" });
        await db.SaveChangesAsync();
        return rig;
    }

    public ScoutDb Database() => _services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContext();

    /// <summary>Runs <c>azure …</c> as a person types it.</summary>
    public Task<ShellRun> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <param name="input">What the person answers.</param>
    public async Task<ShellRun> RunAsync(string input, string[] arguments, bool hasIdentity = true)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var answers = new StringReader(input);
        await using var nobody = Services(ArmDouble.Nobody(TimeProvider.System));
        var code = await ScoutCommand.RunAsync(["azure", .. arguments], _ => DatabasePath, _ => { }, _ => hasIdentity ? _services : nobody, new ShellConsole(answers, output, error));
        return new ShellRun(code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Arm.DisposeAsync();
        Acr.Dispose();
        _outside.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private ServiceProvider Services(ArmClients azure)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Scout:PublicUrl", _publicUrl)]).Build();
        return new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new HastyClock()).AddScoutData(DatabasePath).AddScoutIntegrations(configuration)
            .AddSingleton(new RegistryOptions()).AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).AddSingleton(azure).AddSingleton(_outside.Check(PublicUrl.Read(configuration))).AddSingleton(TestRegistryClient.Create("", Acr)).BuildServiceProvider();
    }
}
