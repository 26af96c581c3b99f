using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using ScoutDashboard.Access;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>The room's services over one database, wired as the application wires them.</summary>
internal sealed class IntegrationRoom : IAsyncDisposable
{
    public const int Organization = 1;
    private readonly RegistryOptions _registries;
    private readonly PublicUrl _publicUrl;
    private readonly EphemeralDataProtectionProvider _protection = new();

    private IntegrationRoom(TestDatabase database, string allowedHosts, string? publicUrl, HttpMessageHandler? network, ArmClients? azure)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Registries:AllowedHosts", allowedHosts), new("Scout:PublicUrl", publicUrl)]).Build();
        Database = database;
        _registries = RegistryOptions.Read(configuration);
        Vault = new SecretVault(_protection);
        Integrations = new IntegrationService(database, Vault, _registries, Clock);
        Accesses = new RegistryAccessProvider(database, Vault, _registries, azure ?? ArmDouble.Nobody(Clock));
        Removals = new RemovalService(database, _registries, Clock);
        _publicUrl = PublicUrl.Read(configuration);
        Planner = new DeploymentPlanner(database, Vault, _registries, _publicUrl, Clock);
        Tokens = new TokenStore(database, Vault, Clock);
        Test = new ConnectionTest(TestRegistryClient.Create(allowedHosts, network));
        Identity = new IdentitySignIn(azure ?? ArmDouble.Nobody(Clock), Integrations);
        Connections = new ConnectionService(Integrations, Test, Tokens, Accesses, Identity);
    }

    public TestDatabase Database { get; }
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    public SecretVault Vault { get; }

    /// <summary>What is found at the public address.</summary>
    public OutsideDouble Outside { get; } = new();

    public IntegrationService Integrations { get; }
    public RegistryAccessProvider Accesses { get; }
    public RemovalService Removals { get; }
    public DeploymentPlanner Planner { get; }
    public TokenStore Tokens { get; }
    public ConnectionTest Test { get; }
    public IdentitySignIn Identity { get; }
    public ConnectionService Connections { get; }

    /// <param name="azure">The identity that the dashboard may sign in to registries by; none where no client is given.</param>
    public static async Task<IntegrationRoom> CreateAsync(string allowedHosts = "", string? publicUrl = "https://scout.example.com", HttpMessageHandler? network = null, ArmClients? azure = null) =>
        new(await TestDatabase.CreateAsync(), allowedHosts, publicUrl, network, azure);

    /// <summary>What an identity in Azure finds; none where no client is given.</summary>
    public RegistryDiscovery Discovery(ArmClients? azure = null) => new(Of(azure), Database, Clock);

    /// <summary>What an identity in Azure asks before a deployment.</summary>
    public DeploymentCheck Check(ArmClients? azure = null) => new(Of(azure), Integrations, Database, Outside.Check(_publicUrl));

    /// <summary>What an identity in Azure sees beforehand.</summary>
    public DeploymentPreview Preview(ArmClients? azure = null) => new(Of(azure), Planner, Integrations, _publicUrl);

    /// <summary>Deploys by an identity in Azure; by a clock on which nobody waits.</summary>
    public DeploymentRun Deployments(ArmClients? azure = null) => new(Of(azure), Planner, Integrations, Topics, new HastyClock());

    /// <summary>Makes passwords by an identity in Azure; by a clock on which nobody waits.</summary>
    public TokenIssue Issue(ArmClients? azure = null) => new(Of(azure), Integrations, Database, new HastyClock());

    /// <summary>Tests and stores what an identity in Azure made.</summary>
    public IssuedPassword Issued(ArmClients? azure = null) => new(Integrations, new NewPasswordTest(Test, new HastyClock()), Tokens, Issue(azure));

    /// <summary>Deletes by an identity in Azure; by a clock on which nobody waits.</summary>
    public AzureCleanup Cleanup(ArmClients? azure = null) => new(Of(azure), Places, Database, _publicUrl, new HastyClock());

    /// <summary>Looks for leftovers by an identity in Azure.</summary>
    public LeftoverSearch Leftovers(ArmClients? azure = null) => new(Of(azure), Cleanup(azure), Database, Clock);

    public RotationLedger Ledger => new(Database, Vault, _registries, Clock);

    /// <summary>Rotates by an identity in Azure; waits between tests on a clock on which nobody waits.</summary>
    public TokenRotation Rotation(ArmClients? azure = null) => new(Of(azure), Places, Ledger, new NewPasswordTest(Test, new HastyClock()), Clock);

    /// <summary>Looks by an identity in Azure.</summary>
    public AzureWatch Watch(ArmClients? azure = null) =>
        new(Of(azure), Look, Places, Database, _registries, Clock);

    /// <summary>Mends by an identity in Azure; by a clock on which nobody waits.</summary>
    public AzureMend Mend(ArmClients? azure = null) =>
        new(Of(azure), Places, Watch(azure), Integrations, Deployments(azure), Topics, Rotation(azure));

    /// <summary>A dashboard's own identity in Azure; none where no client is given.</summary>
    public AzureIdentities Of(ArmClients? azure) => new(azure ?? ArmDouble.Nobody(Clock), Consents, Database, Clock);

    /// <summary>What people let the dashboard do in Azure.</summary>
    public ConsentStore Consents => new(Database, _protection, Clock);

    /// <summary>What pages ask about consents, for a dashboard that has these clients.</summary>
    public void AddConsent(IServiceCollection services, ArmClients? azure = null) => services.AddSingleton<TimeProvider>(Clock).AddSingleton(Of(azure)).AddSingleton(Consents).AddSingleton(new ConsentOffer(Database, _protection, Clock))
        .AddSingleton(new SingleSignOnOptions { DisplayName = "Contoso" }).AddSingleton(Old(azure)).AddSingleton(Finder(azure));

    /// <summary>All that a registry's page asks, for a dashboard that has these clients.</summary>
    public void AddPage(IServiceCollection services, ArmClients azure)
    {
        services.AddLogging().AddLocalization().AddMudServices();
        services.AddSingleton(_registries).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15))).AddSingleton(Integrations).AddSingleton(Planner).AddSingleton(Connections).AddSingleton(Tokens)
            .AddSingleton(Removals).AddSingleton(Cleanup()).AddSingleton(Leftovers()).AddSingleton(Issue()).AddSingleton(Issued()).AddSingleton(Identity).AddSingleton(Rotation(azure)).AddSingleton(RotationSettings)
            .AddSingleton(Watch(azure)).AddSingleton(Mend(azure));
        AddConsent(services, azure);
    }

    /// <summary>Finds where registries lie that were typed by hand.</summary>
    public PlaceFinder Finder(ArmClients? azure = null) => new(Of(azure), Database, _registries, Clock);

    /// <summary>Ends passwords that are out of use.</summary>
    public OldPasswords Old(ArmClients? azure = null) => new(Of(azure), Places, Database, _registries, Clock);

    /// <summary>Lets a member act with their own rights until a moment, UTC.</summary>
    public async Task ConsentAsync(Actor actor, string token, DateTime? endsAt = null)
    {
        await using (var db = Database.CreateDbContext())
        {
            if (!db.UserLogins.Any(login => login.UserId == actor.AccountId))
            {
                db.UserLogins.Add(new IdentityUserLogin<string> { LoginProvider = "https://issuer.example", ProviderKey = actor.AccountId, UserId = actor.AccountId });
                await db.SaveChangesAsync();
            }
        }

        var given = new PersonToken(token, "https://issuer.example", actor.AccountId, $"{actor.Name}@contoso.example", endsAt ?? Clock.GetUtcNow().UtcDateTime.AddHours(1));
        Assert.Equal(ConsentOutcome.Given, await Consents.GiveAsync(actor, given, CancellationToken.None));
    }

    private RegistryLocator Places => new(Database, Clock);

    private TopicMend Topics => new(Look, Integrations, Database);

    private AzureLook Look => new(Vault, _publicUrl, Clock);

    /// <summary>Does what is due of the daily looks.</summary>
    public async Task WatchDueAsync(ArmClients? azure = null)
    {
        foreach (var one in await Looks(azure).ListDueAsync(CancellationToken.None))
        {
            await one(CancellationToken.None);
        }
    }

    public RotationSettings RotationSettings => new(Database, Clock);

    /// <summary>Does at all tokens what is due.</summary>
    public async Task RotateDueAsync(ArmClients? azure = null)
    {
        foreach (var one in await Rotations(azure).ListDueAsync(null, CancellationToken.None))
        {
            await one(CancellationToken.None);
        }
    }

    /// <summary>Does by itself what is due, by an identity in Azure.</summary>
    /// <param name="clock">By which it waits; what is due is told by the room's.</param>
    public AzureWorker Worker(ArmClients azure, TimeProvider clock) => new(Rotations(azure), Looks(azure), Consents, clock, NullLogger<AzureWorker>.Instance);

    private WatchRound Looks(ArmClients? azure) => new(Of(azure), Finder(azure), Watch(azure));

    private RotationRound Rotations(ArmClients? azure) => new(Of(azure), Ledger, Rotation(azure), Old(azure));

    public RegistryHostname Host(string text) => RegistryHostname.TryParse(text, _registries.AllowedHosts, out var hostname) ? hostname : throw new ArgumentException(text);

    public async Task<long> AddAsync(string hostname) =>
        (await Integrations.AddAsync(TestActor.Administrator, Host(hostname), CancellationToken.None)).IntegrationId;

    /// <summary>Adds a registry and gives it a token without a test.</summary>
    public async Task<long> ConnectAsync(string hostname, string? password = null)
    {
        var id = await AddAsync(hostname);
        Assert.True(await Tokens.StoreAsync(TestActor.Administrator, id, Host(hostname), AzureNames.Token, password ?? TestSecrets.New("registry token"), null, CancellationToken.None));
        return id;
    }

    public async Task<Integration> RowAsync(long id)
    {
        await using var db = Database.CreateDbContext();
        return await db.Integrations.FindAsync(id) ?? throw new InvalidOperationException();
    }

    public ValueTask DisposeAsync()
    {
        Outside.Dispose();
        return Database.DisposeAsync();
    }
}
