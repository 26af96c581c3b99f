using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class ImageCountsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private long _repositoryId;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _repositoryId = await _database.AddRepositoryAsync();
        await AddAsync(new FeedState { Key = "npm", Covers = "npm", Status = FeedStatus.Ready, LastSuccessAt = DateTime.UnixEpoch });
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task AProcessThatEndsBetweenFindingsAndCountsLeavesWorkForTheNextOne()
    {
        var image = await ImageAsync(sets: await SetAsync("npm/left"));
        var sharing = await ImageAsync(sets: await SetAsync("npm/left", "npm/other"));
        var index = await IndexAsync(sharing);
        await AdvisoryAsync("GHSA-none", "right");
        await MatchAsync(_database);
        Assert.Equal([(image, 0), (sharing, 0), (index, 0)], await CriticalAsync());

        await AdvisoryAsync("GHSA-new", "left");
        await Assert.ThrowsAsync<OperationCanceledException>(() => MatchAsync(_database.With(new Hook("UPDATE \"Images\"", "\"Critical\" =", () => throw new OperationCanceledException()))));
        await using (var db = _database.CreateDbContext())
        {
            Assert.Equal((1, 0), (await db.Findings.CountAsync(), await db.Components.CountAsync(c => c.NeedsMatch || c.MatchedAt == null)));
        }

        await MatchAsync(_database);
        Assert.Equal([(image, 1), (sharing, 1), (index, 1)], await CriticalAsync());
    }

    [Fact]
    public async Task AnImageThatChangesWhileItIsCountedIsCountedAgain()
    {
        var image = await ImageAsync(sets: await SetAsync("npm/left"));
        await AdvisoryAsync("GHSA-new", "left");
        // Too late for this round: what the image holds was read already.
        var hook = new Hook("FROM \"PackageSetComponents\"", "DISTINCT", () =>
        {
            using var db = _database.CreateDbContext();
            db.ImagePackageSets.ExecuteDelete();
            CountMarks.AddAsync(db, db.Images.Select(i => i.Id), CancellationToken.None).GetAwaiter().GetResult();
        });

        await MatchAsync(_database.With(hook));
        Assert.Equal([(image, null)], await CriticalAsync());

        await MatchAsync(_database);
        Assert.Equal([(image, 0)], await CriticalAsync());
    }

    [Fact]
    public async Task AnIndexCountsWhatItsImagesShareOnceAndTellsWhatIsNotKnownOfAny()
    {
        await AdvisoryAsync("GHSA-1", "left");
        await AdvisoryAsync("GHSA-2", "right");
        await AddAsync(new FeedState { Key = "PyPI", Covers = "PyPI", Status = FeedStatus.Waiting });
        var shared = await SetAsync("npm/left", "npm/other");
        var first = await ImageAsync(sets: shared);
        var second = await ImageAsync(sets: [.. shared, .. await SetAsync("npm/left", "npm/right", "PyPI/six")]);
        var bare = await ImageAsync(sets: []);
        var torn = await ImageAsync(gaps: """[{"kind":"LayerTooLarge"}]""");
        var blind = await ImageAsync(sets: await SetAsync("PyPI/six", "/mystery"));
        var failed = await ImageAsync(analysed: false);
        var all = await IndexAsync(first, second, torn, failed);
        var nothing = await IndexAsync(failed);
        var dark = await IndexAsync(blind, bare);

        await MatchAsync(_database);

        await using var db = _database.CreateDbContext();
        Assert.Equal(
            [
                (first, 1, 2, ""), (second, 2, 4, "PyPI"), (bare, 0, 0, ""), (torn, null, 0, ""), (blind, null, 2, "test, PyPI"), (failed, null, 0, ""),
                (all, 2, 4, "PyPI"), (nothing, null, 0, ""), (dark, null, 2, "test, PyPI"),
            ],
            await db.Images.OrderBy(i => i.Id).Select(i => ValueTuple.Create(i.Id, i.Critical, i.Packages, i.Unmatched)).ToListAsync());
    }

    [Fact]
    public async Task ManyImagesOfOneSetAreReadInAHandfulOfQueries()
    {
        await AdvisoryAsync("GHSA-1", "left");
        var set = await SetAsync("npm/left");
        var images = Enumerable.Range(0, 450).Select(_ => NewImage(ImageKind.Image)).ToList();
        await AddAsync([.. images]);
        await AddAsync([.. images.Select(i => new ImagePackageSet { ImageId = i.Id, PackageSetId = set[0] })]);
        var queries = 0;

        await MatchAsync(_database.With(new Hook("SELECT", "", () => queries++, once: false)));

        Assert.All(await CriticalAsync(), image => Assert.Equal(1, image.Critical));
        Assert.InRange(queries, 10, 50);
    }

    [Fact]
    public async Task WhatIsOnlyDeclaredIsNeitherMatchedNorCountedAndNothingElseInstalledIsNotKnownToBeClean()
    {
        await AdvisoryAsync("GHSA-1", "left");
        await AdvisoryAsync("GHSA-2", "ghost");
        await AddAsync(new FeedState { Key = "PyPI", Covers = "PyPI", Status = FeedStatus.Waiting });
        var installed = await ImageAsync(sets: await SetAsync("npm/left"));
        // The same component, once installed and once declared; one that is declared alone; one of an ecosystem without data.
        var mixed = await ImageAsync(sets: [.. await SetAsync("npm/other"), .. await DeclaredAsync("npm/left", "npm/ghost", "PyPI/six")]);
        var only = await ImageAsync(sets: await DeclaredAsync("npm/left"));
        var program = await ImageAsync(sets: await ListedAsync(ListedOnly.Application, "/shop"));
        var index = await IndexAsync(mixed, only);

        await MatchAsync(_database);

        await using var db = _database.CreateDbContext();
        Assert.Equal(
            [(installed, 1, 1, ""), (mixed, 0, 1, ""), (only, null, 0, ""), (program, 0, 0, ""), (index, 0, 1, "")],
            await db.Images.OrderBy(i => i.Id).Select(i => ValueTuple.Create(i.Id, i.Critical, i.Packages, i.Unmatched)).ToListAsync());
        Assert.Equal(["left", "other"], await db.Components.Where(c => c.MatchedAt != null).Select(c => c.Name).Order().ToListAsync());
    }

    [Fact]
    public async Task WhatWasDeclaredIsMatchedOnceAnImageHasItInstalled()
    {
        await AdvisoryAsync("GHSA-1", "left");
        await ImageAsync(sets: await DeclaredAsync("npm/left"));
        await MatchAsync(_database);
        var later = await ImageAsync(sets: await SetAsync("npm/left"));
        await using (var db = _database.CreateDbContext())
        {
            await CountMarks.AddAsync(db, db.Images.Select(i => i.Id), CancellationToken.None);
        }

        await MatchAsync(_database);

        Assert.Equal(1, (await CriticalAsync()).Single(image => image.Id == later).Critical);
    }

    private static async Task MatchAsync(IDbContextFactory<ScoutDb> databases)
    {
        using var signal = new AdvisorySignal(NullLogger<AdvisorySignal>.Instance);
        using var service = new FindingService(databases, signal, new ChangeSignal(), TimeProvider.System);
        await service.MatchPendingAsync(CancellationToken.None);
    }

    private async Task<List<(long Id, int? Critical)>> CriticalAsync()
    {
        await using var db = _database.CreateDbContext();
        return [.. (await db.Images.AsNoTracking().OrderBy(i => i.Id).ToListAsync()).Select(i => (i.Id, i.Critical))];
    }

    private async Task AdvisoryAsync(string id, string name)
    {
        var json = $$"""
            {"id":"{{id}}","modified":"2026-01-01T00:00:00Z","database_specific":{"severity":"CRITICAL"},"affected":[{"package":{"ecosystem":"npm","name":"{{name}}"},
             "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}
            """;
        await AddAsync(new Advisory { Id = id, Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)) },
            new AffectedPackage { AdvisoryId = id, Ecosystem = "npm", EcosystemBase = "npm", Name = name });
        await using var db = _database.CreateDbContext();
        await db.Components.Where(c => c.AdvisoryName == name).ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
    }

    private async Task<long> ImageAsync(bool analysed = true, string gaps = "[]", params long[] sets)
    {
        var image = NewImage(ImageKind.Image);
        (image.AnalysedAt, image.Gaps) = (analysed ? DateTime.UnixEpoch : null, gaps);
        await AddAsync(image);
        await AddAsync([.. sets.Select(id => new ImagePackageSet { ImageId = image.Id, PackageSetId = id })]);
        return image.Id;
    }

    private async Task<long> IndexAsync(params long[] images)
    {
        var index = NewImage(ImageKind.Index);
        await AddAsync(index);
        await AddAsync([.. images.Select(id => new IndexEntry { IndexId = index.Id, ImageId = id })]);
        return index.Id;
    }

    private Image NewImage(ImageKind kind) => new() { RepositoryId = _repositoryId, Digest = Guid.NewGuid().ToString("n"), Kind = kind, AnalysedAt = DateTime.UnixEpoch };

    /// <summary>A set of these packages, each as <c>ecosystem/name</c>; a package is the same component wherever it stands.</summary>
    private async Task<long[]> SetAsync(params string[] packages)
    {
        await using var db = _database.CreateDbContext();
        var set = db.PackageSets.Add(new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "test", Count = packages.Length }).Entity;
        foreach (var (ecosystem, name) in packages.Select(package => (package[..package.IndexOf('/')], package[(package.IndexOf('/') + 1)..])))
        {
            var purl = $"pkg:test/{name}@1.0.0";
            var component = await db.Components.SingleOrDefaultAsync(c => c.Purl == purl) ?? db.Components.Add(new Component
            {
                Purl = purl, Type = "test", Ecosystem = ecosystem, EcosystemBase = ecosystem, Name = name, Version = "1.0.0", AdvisoryName = name, AdvisoryVersion = "1.0.0",
            }).Entity;
            await db.SaveChangesAsync();
            db.PackageSetComponents.Add(new PackageSetComponent { PackageSetId = set.Id, ComponentId = component.Id, Path = "x" });
        }

        await db.SaveChangesAsync();
        return [set.Id];
    }

    private Task<long[]> DeclaredAsync(params string[] packages) => ListedAsync(ListedOnly.Declared, packages);

    private async Task<long[]> ListedAsync(ListedOnly why, params string[] packages)
    {
        var set = await SetAsync(packages);
        await using var db = _database.CreateDbContext();
        await db.PackageSetComponents.Where(p => p.PackageSetId == set[0]).ExecuteUpdateAsync(update => update.SetProperty(p => p.ListedOnly, why));
        return set;
    }

    private async Task AddAsync(params object[] rows)
    {
        await using var db = _database.CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }

    // Acts before the first command, or every one, that holds both texts.
    private sealed class Hook(string text, string andText, Action act, bool once = true) : DbCommandInterceptor
    {
        private bool _done;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Look(command);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Look(command);
            return ValueTask.FromResult(result);
        }

        private void Look(DbCommand command)
        {
            if (!(once && _done) && command.CommandText.Contains(text, StringComparison.Ordinal) && command.CommandText.Contains(andText, StringComparison.Ordinal))
            {
                _done = true;
                act();
            }
        }
    }
}
