using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>The analyser with a registry on this machine and a database of its own.</summary>
internal sealed class AnalyserRig : IAsyncDisposable
{
    public static readonly byte[] BaseLayer = new LayerTar().File("etc/os-release", "debian 12").File("deb.pkg", "bash@5.2\nzlib@1.3").ToGzip();
    public static readonly byte[] AppLayer = new LayerTar().File("app/x.pkg", "left-pad@1.0").File("deb.pkg", "bash@5.2").ToGzip();

    private AnalyserRig(TestDatabase database, FakeRegistry registry, long repositoryId)
    {
        (Database, Registry, RepositoryId) = (database, registry, repositoryId);
        Services = Build(new ListExtractor());
    }

    public TestDatabase Database { get; }
    public FakeRegistry Registry { get; }
    public ServiceProvider Services { get; }
    public long RepositoryId { get; }

    public static async Task<AnalyserRig> StartAsync()
    {
        var database = await TestDatabase.CreateAsync();
        return new AnalyserRig(database, await FakeRegistry.StartAsync(), await database.AddRepositoryAsync("app"));
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Registry.DisposeAsync();
        await Database.DisposeAsync();
    }

    public ServiceProvider Build(ListExtractor extractor, AnalysisLimits? limits = null, int parallelLayers = 2)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Registries:AllowedHosts"] = $"http://{Registry.Host}" }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System);
        services.AddScoutRegistry(configuration);
        services.AddScoutAnalysis(configuration);
        services.AddSingleton<IDbContextFactory<ScoutDb>>(Database);
        services.AddSingleton(new AnalysisSetup(new AnalysisOptions { ParallelLayers = parallelLayers }, limits ?? new AnalysisLimits(), [extractor]));
        return services.BuildServiceProvider();
    }

    public Task<AnalysisResult> AnalyseAsync(string digest, string? tag, IServiceProvider? services = null, CancellationToken cancellationToken = default)
    {
        Assert.True(RegistryHostname.TryParse(Registry.Host, [$"http://{Registry.Host}"], out var hostname));
        var request = new AnalysisRequest(new RegistryAccess(hostname, new RegistryCredentials("token", TestSecrets.Of("registry token"))), RepositoryId, "app", Digest.Parse(digest), tag, null);
        return (services ?? Services).GetRequiredService<ImageAnalyser>().AnalyseAsync(request, new Ignored(), cancellationToken);
    }

    public int LayerPulls() => Registry.Pulls.Count(digest => digest == Digest.Of(BaseLayer).Value || digest == Digest.Of(AppLayer).Value);

    public async Task<Image> SingleImageAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Images.SingleAsync();
    }

    public async Task<List<string>> PackagesAsync(long imageId)
    {
        await using var db = Database.CreateDbContext();
        var rows = await (from used in db.ImagePackageSets
                          where used.ImageId == imageId
                          join member in db.PackageSetComponents on used.PackageSetId equals member.PackageSetId
                          join component in db.Components on member.ComponentId equals component.Id
                          orderby component.Name
                          select new { component.Name, component.Version, member.Path, used.LayerIndex }).ToListAsync();
        return rows.ConvertAll(row => $"{row.Name}@{row.Version} {row.Path} #{row.LayerIndex}");
    }

    private sealed class Ignored : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value)
        {
        }
    }
}
