using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Exploitation;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>A database, a folder of advisories, a clock that stands still, and the whole room over them.</summary>
public sealed class AdvisoryRig : IAsyncDisposable
{
    public static readonly DateTime Start = new(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);

    private AdvisoryRig(TestDatabase database, Func<FakeTimeProvider, IReadOnlyList<IAdvisoryFeed>>? feeds, string? source, bool exploitation, IReadOnlyList<string> optIn)
    {
        Database = database;
        Options = new AdvisoryOptions(source ?? Folder.Path, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), optIn);
        Import = new AdvisoryImport(database, Clock);
        var files = Files = new FeedSource(new FeedDownloader(new NoClients(), Options, Clock), Options, new FeedParts(null, Clock, NullLogger<FeedParts>.Instance));
        Feeds = feeds?.Invoke(Clock) ?? [.. OsvEcosystems.All.Select(ecosystem => new OsvFeed(ecosystem, files, Options, Clock)), .. exploitation ? new IAdvisoryFeed[] { new KevFeed(files), new EpssFeed(files) } : []];
        Runner = new FeedRunner(database, Import, new AdvisoryClock(Clock, Options, Signal));
        Refresher = new AdvisoryRefresher(database, Feeds, Runner, Signal, Options, Clock, NullLogger<AdvisoryRefresher>.Instance);
    }

    public TestDatabase Database { get; }
    public AdvisoryFolder Folder { get; } = new();
    public FakeTimeProvider Clock { get; } = new(Start);
    public AdvisorySignal Signal { get; } = new(NullLogger<AdvisorySignal>.Instance);
    public AdvisoryOptions Options { get; }
    public AdvisoryImport Import { get; }
    public FeedSource Files { get; }
    public IReadOnlyList<IAdvisoryFeed> Feeds { get; }
    public FeedRunner Runner { get; }
    public AdvisoryRefresher Refresher { get; }

    public static async Task<AdvisoryRig> CreateAsync(Func<FakeTimeProvider, IReadOnlyList<IAdvisoryFeed>>? feeds = null, string? source = null, bool exploitation = false, params string[] optIn) =>
        new(await TestDatabase.CreateAsync(), feeds, source, exploitation, optIn);

    /// <summary>Adds a component that was matched already.</summary>
    public async Task<long> AddComponentAsync(string ecosystem, string advisoryName, string version = "1.0.0")
    {
        await using var db = Database.CreateDbContext();
        var component = new Component
        {
            Purl = $"pkg:generic/{ecosystem}/{advisoryName}@{version}", Type = "generic", Ecosystem = ecosystem, EcosystemBase = new Ecosystem(ecosystem).Base, Name = advisoryName,
            Version = version, AdvisoryName = advisoryName, AdvisoryVersion = version, NeedsMatch = false, MatchedAt = Start,
        };
        db.Components.Add(component);
        await db.SaveChangesAsync();
        return component.Id;
    }

    /// <summary>Puts a component into an image's set; installed where <paramref name="why"/> is null.</summary>
    public async Task ListAsync(long componentId, ListedOnly? why)
    {
        await using var db = Database.CreateDbContext();
        var set = db.PackageSets.Add(new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "npm", Count = 1 }).Entity;
        await db.SaveChangesAsync();
        db.PackageSetComponents.Add(new PackageSetComponent { PackageSetId = set.Id, ComponentId = componentId, Path = "app", ListedOnly = why });
        await db.SaveChangesAsync();
    }

    /// <summary>Matches everything and tells what was found: package, version, vulnerability, verdict and fix.</summary>
    public async Task<IReadOnlyList<string>> MatchAsync()
    {
        await using var db = Database.CreateDbContext();
        await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        using var service = new FindingService(Database, Signal, new ChangeSignal(), Clock);
        await service.MatchPendingAsync(CancellationToken.None);
        return await db.Findings.Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => c.AdvisoryName + " " + c.Version + " " + f.VulnerabilityId + " " + f.Verdict.ToString() + " " + f.FixedVersion)
            .OrderBy(line => line).ToListAsync();
    }

    /// <summary>The names of the components that must be matched again; clears the marks.</summary>
    public async Task<IReadOnlyList<string>> TakeMarkedAsync()
    {
        await using var db = Database.CreateDbContext();
        var marked = await db.Components.Where(c => c.NeedsMatch).Select(c => c.AdvisoryName).OrderBy(name => name).ToListAsync();
        await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, false));
        return marked;
    }

    public async Task<ImportResult> ImportAsync(string ecosystem)
    {
        await using var archive = File.OpenRead(Path.Combine(Folder.Path, ecosystem, "all.zip"));
        return await ImportAsync(ecosystem, archive);
    }

    public Task<ImportResult> ImportAsync(string ecosystem, Stream archive) =>
        Import.ReplaceAsync(new ImportScope(Advisory.Bucket, ecosystem), AdvisoryArchive.ReadAsync(archive, CancellationToken.None), CancellationToken.None);

    public async Task<IReadOnlyList<string>> AdvisoryIdsAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Advisories.Select(a => a.Id).OrderBy(id => id).ToListAsync();
    }

    public async Task<IReadOnlyList<string>> PackagesAsync(string advisoryId)
    {
        await using var db = Database.CreateDbContext();
        return await db.AffectedPackages.Where(p => p.AdvisoryId == advisoryId).OrderBy(p => p.Ecosystem).ThenBy(p => p.Name).Select(p => $"{p.Ecosystem}/{p.Name}").ToListAsync();
    }

    public async Task<FeedState> FeedAsync(string key)
    {
        await using var db = Database.CreateDbContext();
        return await db.Feeds.AsNoTracking().SingleAsync(f => f.Key == key);
    }

    public async ValueTask DisposeAsync()
    {
        Refresher.Dispose();
        Signal.Dispose();
        Folder.Dispose();
        await Database.DisposeAsync();
    }

    // A folder needs no network; a test that reaches it is wrong.
    private sealed class NoClients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("Nothing may be asked of the network.");
    }
}
