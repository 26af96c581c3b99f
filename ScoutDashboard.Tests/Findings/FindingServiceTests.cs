using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class FindingServiceTests : IAsyncLifetime, IDisposable
{
    private TestDatabase _database = null!;
    private FindingService _service = null!;
    private long _repositoryId;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = new FindingService(_database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        _repositoryId = await _database.AddRepositoryAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task OneVulnerabilityOverAliasesIsCountedOnceInImageIndexAndSnapshot()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-aaaa-bbbb-cccc", "npm", "left", "2.0.0", """ "aliases":["CVE-2024-0001"],"database_specific":{"severity":"MODERATE"}, """);
        await AdvisoryAsync("CVE-2024-0001", "npm", "left", "2.0.0", "");
        await AdvisoryAsync("GHSA-dddd-eeee-ffff", "npm", "left", "3.0.0", """ "database_specific":{"severity":"CRITICAL"}, """);
        var index = await ImageAsync(ImageKind.Index);
        var image = await ImageAsync();
        await AddAsync(new IndexEntry { IndexId = index, ImageId = image });
        await PackageAsync(image, "npm", "left", "1.0.0");
        await using (var db = _database.CreateDbContext())
        {
            await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.LatestImageId, index));
        }

        await _service.MatchImagesAsync([image], CancellationToken.None);

        await using var after = _database.CreateDbContext();
        Assert.Equal(["CVE-2024-0001 Medium 2.0.0", "GHSA-dddd-eeee-ffff Critical 3.0.0"],
            await after.Findings.OrderBy(f => f.VulnerabilityId).Select(f => f.VulnerabilityId + " " + f.Severity.ToString() + " " + f.FixedVersion).ToListAsync());
        foreach (var row in await after.Images.ToListAsync())
        {
            Assert.Equal((1, 0, 1, 0, 0, 1, 1, ""), (row.Critical, row.High, row.Medium, row.Low, row.Unknown, row.FixableCriticalHigh, row.Packages, row.Unmatched));
        }

        var day = await after.Snapshots.SingleAsync();
        Assert.Equal((1, 1, 1, 1), (day.Images, day.VulnerableImages, day.Critical, day.Medium));
    }

    [Fact]
    public async Task ANoticeOnManyVulnerabilitiesStandsUnderEachOfThemOnce()
    {
        await FeedAsync("Debian");
        await AdvisoryAsync("DSA-1-1", "Debian:12", "openssl", "3.0.2", """ "upstream":["CVE-2024-0001","CVE-2024-0002"], """);
        await AdvisoryAsync("DEBIAN-CVE-2024-0001", "Debian:12", "openssl", "3.0.2", """ "upstream":["CVE-2024-0001"], """);
        var image = await ImageAsync();
        await PackageAsync(image, "Debian:12", "openssl", "3.0.1");

        await _service.MatchImagesAsync([image], CancellationToken.None);

        await using var db = _database.CreateDbContext();
        Assert.Equal(["CVE-2024-0001 by DEBIAN-CVE-2024-0001", "CVE-2024-0002 by DSA-1-1"],
            await db.Findings.OrderBy(f => f.VulnerabilityId).Select(f => f.VulnerabilityId + " by " + f.AdvisoryId).ToListAsync());
    }

    [Fact]
    public async Task WithoutAdvisoryDataCountsStayNullAndAFeedThatComesFillsThem()
    {
        var image = await ImageAsync();
        await PackageAsync(image, "npm", "left", "1.0.0");
        await PackageAsync(image, "", "mystery", "1");
        await _service.MatchImagesAsync([image], CancellationToken.None);
        await using var before = _database.CreateDbContext();
        var unknown = await before.Images.AsNoTracking().SingleAsync();
        Assert.Equal((null, "test, npm"), (unknown.Critical, unknown.Unmatched));

        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-other", "npm", "right", "2.0.0", "");
        await _service.MatchPendingAsync(CancellationToken.None);

        var known = await before.Images.AsNoTracking().SingleAsync();
        Assert.Equal((0, "test"), (known.Critical, known.Unmatched));
    }

    [Fact]
    public async Task AnArtifactWithoutGroupLacksDataUntilMavensFeedCame()
    {
        var image = await ImageAsync();
        await PackageAsync(image, "Maven", ":core", "1.0.0");
        await _service.MatchImagesAsync([image], CancellationToken.None);
        await using var db = _database.CreateDbContext();
        Assert.Equal([(null, "Maven")], (await db.Images.AsNoTracking().ToListAsync()).Select(row => (row.Critical, row.Unmatched)));

        await FeedAsync("Maven");
        await AdvisoryAsync("GHSA-other", "Maven", "org.acme:other", "2.0.0", "");
        await _service.MatchPendingAsync(CancellationToken.None);
        Assert.Equal([(0, "")], (await db.Images.AsNoTracking().ToListAsync()).Select(row => (row.Critical!.Value, row.Unmatched)));
    }

    [Fact]
    public async Task AFindingKeepsItsFirstDayAndAWithdrawnAdvisoryClosesIt()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-one", "npm", "left", "2.0.0", "");
        var image = await ImageAsync();
        await PackageAsync(image, "npm", "left", "1.0.0");
        await _service.MatchImagesAsync([image], CancellationToken.None);
        await using var db = _database.CreateDbContext();
        var first = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await db.Findings.ExecuteUpdateAsync(set => set.SetProperty(f => f.FirstSeenAt, first));

        await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        await _service.MatchPendingAsync(CancellationToken.None);
        Assert.Equal(first, (await db.Findings.AsNoTracking().SingleAsync()).FirstSeenAt);

        await db.Advisories.ExecuteUpdateAsync(set => set.SetProperty(a => a.Withdrawn, first));
        await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        await _service.MatchPendingAsync(CancellationToken.None);
        Assert.Empty(await db.Findings.AsNoTracking().ToListAsync());
        Assert.Equal(0, (await db.Images.AsNoTracking().SingleAsync()).Unknown);
    }

    [Fact]
    public async Task AnUnreadableAdvisoryIsUndecidedAndNotClean()
    {
        await FeedAsync("npm");
        await AddAsync(new Advisory { Id = "GHSA-broken", Document = [1, 2, 3] }, new AffectedPackage { AdvisoryId = "GHSA-broken", Ecosystem = "npm", EcosystemBase = "npm", Name = "left" });
        var image = await ImageAsync();
        await PackageAsync(image, "npm", "left", "1.0.0");

        await _service.MatchImagesAsync([image], CancellationToken.None);

        await using var db = _database.CreateDbContext();
        Assert.Equal(Verdict.Undecided, (await db.Findings.SingleAsync()).Verdict);
    }

    // Records are kept for their next package or read again for it, by their size.
    [Theory]
    [InlineData(8)]
    [InlineData(5000)]
    public async Task AnAdvisoryOnTwoPackagesIsFoundForBothAndOneThatCannotBeReadIsUndecidedForBoth(int size)
    {
        await FeedAsync("npm");
        var text = string.Join(',', Enumerable.Range(0, size).Select(number => $"\"9.{number}.{number * 7919 % 10_007}\""));
        var json = $$"""
            {"id":"GHSA-both","modified":"2026-01-01T00:00:00Z","affected":[
             {"package":{"ecosystem":"npm","name":"left"},"versions":[{{text}}],"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]},
             {"package":{"ecosystem":"npm","name":"right"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"3.0.0"}]}]}]}
            """;
        var document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json));
        Assert.Equal(size == 5000, document.Length > 4096);
        string[] names = ["left", "right"];
        await AddAsync([new Advisory { Id = "GHSA-both", Document = document }, .. names.Select(name => new AffectedPackage { AdvisoryId = "GHSA-both", Ecosystem = "npm", EcosystemBase = "npm", Name = name })]);
        await AddAsync([new Advisory { Id = "GHSA-broken", Document = [.. Enumerable.Repeat((byte)1, size)] },
            .. names.Select(name => new AffectedPackage { AdvisoryId = "GHSA-broken", Ecosystem = "npm", EcosystemBase = "npm", Name = name })]);
        var image = await ImageAsync();
        await PackageAsync(image, "npm", "left", "1.0.0");
        await PackageAsync(image, "npm", "right", "2.5.0");

        await _service.MatchImagesAsync([image], CancellationToken.None);

        await using var db = _database.CreateDbContext();
        Assert.Equal(["left GHSA-both Affected 2.0.0", "left GHSA-broken Undecided ", "right GHSA-both Affected 3.0.0", "right GHSA-broken Undecided "],
            (await db.Findings.Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => new { c.Name, f.VulnerabilityId, f.Verdict, f.FixedVersion }).ToListAsync())
                .Select(row => $"{row.Name} {row.VulnerabilityId} {row.Verdict} {row.FixedVersion}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AMarkSetWhileMatchingIsNotLost()
    {
        await FeedAsync("npm");
        var image = await ImageAsync();
        await PackageAsync(image, "npm", "left", "1.0.0");
        // The matcher asks for the time before and after it reads the advisories: then it is too late for this one.
        var clock = new InterruptingClock(2, () =>
        {
            AdvisoryAsync("GHSA-late", "npm", "left", "2.0.0", "").GetAwaiter().GetResult();
            using var db = _database.CreateDbContext();
            MatchMarks.AddAsync(db, db.Components, CancellationToken.None).GetAwaiter().GetResult();
        });
        using var service = new FindingService(_database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), clock);

        await service.MatchImagesAsync([image], CancellationToken.None);
        await using var after = _database.CreateDbContext();
        Assert.Empty(await after.Findings.ToListAsync());
        await service.MatchPendingAsync(CancellationToken.None);

        Assert.Equal("GHSA-late", (await after.Findings.SingleAsync()).VulnerabilityId);
    }

    private sealed class InterruptingClock(int call, Action interrupt) : TimeProvider
    {
        private int _calls;

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Increment(ref _calls) == call)
            {
                interrupt();
            }

            return DateTimeOffset.UnixEpoch;
        }
    }

    private Task FeedAsync(string ecosystem) => AddAsync(new FeedState { Key = ecosystem, Covers = ecosystem, Status = FeedStatus.Ready, LastSuccessAt = DateTime.UnixEpoch });

    private async Task AdvisoryAsync(string id, string ecosystem, string name, string fixedIn, string more)
    {
        var json = $$"""
            {"id":"{{id}}","modified":"2026-01-01T00:00:00Z",{{more}} "affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{name}}"},
             "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"{{fixedIn}}"}]}]}]}
            """;
        await AddAsync(new Advisory { Id = id, Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)) },
            new AffectedPackage { AdvisoryId = id, Ecosystem = ecosystem, EcosystemBase = new Ecosystem(ecosystem).Base, Name = name });
    }

    private async Task<long> ImageAsync(ImageKind kind = ImageKind.Image)
    {
        var image = new Image { RepositoryId = _repositoryId, Digest = Guid.NewGuid().ToString("n"), Kind = kind, State = ImageState.Analysed, AnalysedAt = DateTime.UnixEpoch };
        await AddAsync(image);
        return image.Id;
    }

    private async Task PackageAsync(long imageId, string ecosystem, string name, string version)
    {
        var component = new Component
        {
            Purl = $"pkg:test/{name}@{version}", Type = "test", Ecosystem = ecosystem, EcosystemBase = new Ecosystem(ecosystem).Base, Name = name, Version = version, AdvisoryName = name, AdvisoryVersion = version,
        };
        var set = new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "test", Count = 1 };
        await AddAsync(component, set);
        await AddAsync(new PackageSetComponent { PackageSetId = set.Id, ComponentId = component.Id, Path = "x" }, new ImagePackageSet { ImageId = imageId, PackageSetId = set.Id });
    }

    private async Task AddAsync(params object[] rows)
    {
        await using var db = _database.CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }
}
