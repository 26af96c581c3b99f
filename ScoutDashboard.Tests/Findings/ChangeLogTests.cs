using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>What matching writes down as a change, and with which cause: from the rows that feeds and analyses leave to the list that a page shows.</summary>
public sealed class ChangeLogTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private FindingService _service = null!;
    private long _repositoryId;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = new FindingService(_database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), _clock);
        _repositoryId = await _database.AddRepositoryAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task WhatTheFirstLookFindsIsNoChangeAndWhatComesLaterHasItsCause()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "left", "2.0.0");
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();
        Assert.Empty(await ListAsync());

        await AdvisoryAsync("GHSA-new", "left", "2.0.0");
        await MatchAsync("left");
        await AdvisoryAsync("GHSA-old", "left", "0.5.0");
        await MatchAsync("left");
        await AdvisoryAsync("GHSA-old", "left", "3.0.0");
        await MatchAsync("left");
        await AdvisoryAsync("GHSA-old", "left", "3.0.0", """ "withdrawn":"2026-06-01T00:00:00Z", """);
        await MatchAsync("left");
        await using (var db = _database.CreateDbContext())
        {
            await db.Advisories.Where(a => a.Id == "GHSA-new").ExecuteDeleteAsync();
        }

        await MatchAsync("left");

        Assert.Equal(
            [
                "+ GHSA-new AdvisoryNew", "- GHSA-old AdvisoryChanged", "+ GHSA-old AdvisoryChanged", "- GHSA-old AdvisoryWithdrawn", "- GHSA-new AdvisoryRemoved",
            ],
            await ListAsync());
    }

    [Fact]
    public async Task AFeedThatComesLateBringsNoNewsButWhatItBringsNextDoes()
    {
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "left", "2.0.0");
        await MatchAsync("left");
        Assert.Empty(await ListAsync());

        await AdvisoryAsync("GHSA-new", "left", "2.0.0");
        await MatchAsync("left");
        Assert.Equal(["+ GHSA-new AdvisoryNew"], await ListAsync());
    }

    [Fact]
    public async Task AnotherNameForTheSameVulnerabilityIsNoChange()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-one", "left", "2.0.0");
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();

        await AdvisoryAsync("GHSA-one", "left", "2.0.0", """ "aliases":["CVE-2026-0001"], """);
        await MatchAsync("left");

        await using var db = _database.CreateDbContext();
        Assert.Equal("CVE-2026-0001", (await db.Findings.SingleAsync()).VulnerabilityId);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task AVersionThatCanNoLongerBeComparedIsGoneAsCertainAndAppearsAsUndecided()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-one", "left", "2.0.0");
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();

        await AdvisoryAsync("GHSA-one", "left", "not a version");
        await MatchAsync("left");

        await using var db = _database.CreateDbContext();
        Assert.Equal(["False Affected", "True Undecided"], (await db.FindingChanges.ToListAsync()).Select(c => $"{c.Appeared} {c.Verdict}").Order());
        Assert.Equal(new Moves(0, 1), (await WeekAsync()).All);
    }

    [Fact]
    public async Task RulesThatChangedAreToldAsSuchNotAsAnAdvisory()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-one", "left", "2.0.0");
        _clock.Advance(TimeSpan.FromHours(1));
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();
        await using (var db = _database.CreateDbContext())
        {
            await db.Findings.ExecuteDeleteAsync();
        }

        await MatchAsync("left");
        Assert.Equal(["+ GHSA-one MatchingChanged"], await ListAsync());
    }

    [Fact]
    public async Task APushIsComparedWithTheLatestBeforeByWhatIsKnownNow()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-left", "left", "2.0.0");
        await AdvisoryAsync("GHSA-both", "both", "2.0.0");
        await AdvisoryAsync("GHSA-right", "right", "2.0.0");
        var first = await ImageAsync(("left", "1.0.0"), ("both", "1.0.0"));
        await LatestAsync(first);
        await MatchAsync();
        Assert.Empty(await ListAsync());

        var second = await ImageAsync(("both", "1.1.0"), ("right", "1.0.0"));
        await LatestAsync(second);
        await _service.MatchImagesAsync([second], CancellationToken.None);
        await MatchAsync();
        await _service.MatchImagesAsync([second], CancellationToken.None);

        // The same vulnerability in another version of the package is neither new nor gone.
        Assert.Equal(["+ GHSA-right ImageChanged", "- GHSA-left ImageChanged"], await ListAsync());
        Assert.Equal(["+ GHSA-right ImageChanged", "- GHSA-left ImageChanged"], await ListAsync(second));
        Assert.Empty(await ListAsync(first));
        var week = await WeekAsync();
        Assert.Equal((new Moves(1, 1), 1), (week.All, week.ImagesWithNew));
        _clock.Advance(TimeSpan.FromDays(8));
        Assert.Empty((await WeekAsync()).Causes);
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task TheChangesOfAWeekAreWhatTheTotalsOfItsDaysDifferBy()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "left", "2.0.0");
        await LatestAsync(await ImageAsync(("left", "1.0.0"), ("right", "1.0.0")));
        await MatchAsync();
        _clock.Advance(TimeSpan.FromDays(3));
        await AddAsync(new KnownExploit { Cve = "CVE-2026-0001", AddedOn = DateTime.UnixEpoch, RequiredAction = "" });
        await AdvisoryAsync("CVE-2026-0001", "right", "2.0.0");
        await AdvisoryAsync("CVE-2026-0002", "right", "2.0.0");
        await MatchAsync("right");
        await AdvisoryAsync("GHSA-old", "left", "0.5.0");
        await MatchAsync("left");

        await using var db = _database.CreateDbContext();
        Assert.Equal([1, 2], (await db.Snapshots.OrderBy(s => s.Day).ToListAsync()).Select(day => day.Critical + day.High + day.Medium + day.Low + day.Unknown));
        Assert.Equal(new ChangeWeek(new Moves(2, 1), default, new Moves(1, 0), 1, []), await WeekAsync() with { Causes = [] });
    }

    [Fact]
    public async Task WhatAnAdvisoryBroughtAndAPushTookAwayStaysInTheWeekAlsoWhenNoImageHasItAnyMore()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "left", "0.1.0");
        var first = await ImageAsync(("left", "1.0.0"), ("idle", "1.0.0"));
        await LatestAsync(first);
        await MatchAsync();
        await AdvisoryAsync("GHSA-new", "left", "2.0.0", """ "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], """);
        await MatchAsync("left");
        Assert.Equal(new ChangeWeek(new Moves(1, 0), new Moves(1, 0), default, 1, []), await WeekAsync() with { Causes = [] });

        var second = await ImageAsync(("left", "2.0.0"));
        await LatestAsync(second);
        await MatchAsync();
        await using (var db = _database.CreateDbContext())
        {
            await db.Images.Where(i => i.Id == first).ExecuteDeleteAsync();
            await db.PackageSets.Where(set => !db.ImagePackageSets.Any(held => held.PackageSetId == set.Id)).ExecuteDeleteAsync();
            await _service.ForgetAsync(await db.Components.Select(c => c.Id).ToListAsync(), default);
            Assert.Equal(["left 1.0.0", "left 2.0.0"], (await db.Components.ToListAsync()).Select(c => $"{c.Name} {c.Version}").Order());
        }

        Assert.Equal(new ChangeWeek(new Moves(1, 1), new Moves(1, 1), default, 0, []), await WeekAsync() with { Causes = [] });
        Assert.Equal(["+ GHSA-new AdvisoryNew", "- GHSA-new ImageChanged"], await ListAsync());
        Assert.Equal(ChangeWeek.Quiet with { Causes = [] }, await new ChangesReport(_database, _clock).WeekAsync(2, default) with { Causes = [] });
    }

    [Fact]
    public async Task AnImageWithoutAdvisoryDataIsComparedOnceThereIsSome()
    {
        var first = await ImageAsync(("left", "1.0.0"));
        await LatestAsync(first);
        await MatchAsync();
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-left", "left", "2.0.0");
        await MatchAsync("left");
        var second = await ImageAsync(("left", "2.0.0"));
        await LatestAsync(second);
        await MatchAsync();

        Assert.Equal(["- GHSA-left ImageChanged"], await ListAsync());
    }

    [Fact]
    public async Task WhatOnlyAnOlderImageHoldsIsNotToldOfTheLatestButOfThatImage()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "old", "1.0.0");
        var first = await ImageAsync(("old", "1.0.0"));
        await LatestAsync(first);
        await MatchAsync();
        await LatestAsync(await ImageAsync(("other", "1.0.0")));
        await MatchAsync();

        await AdvisoryAsync("GHSA-new", "old", "2.0.0");
        await MatchAsync("old");

        Assert.Empty(await ListAsync());
        Assert.Equal(["+ GHSA-new AdvisoryNew"], await ListAsync(first));
        Assert.Empty((await new ChangesReport(_database, _clock).ListAsync(2, first, new ChangeFilter(), new PageRequest(1, 50), default)).Rows);
    }

    [Fact]
    public async Task ChangesAreLetGoAfterTheirTime()
    {
        await FeedAsync("npm");
        await AdvisoryAsync("GHSA-old", "left", "0.1.0");
        await LatestAsync(await ImageAsync(("left", "1.0.0")));
        await MatchAsync();
        await AdvisoryAsync("GHSA-new", "left", "2.0.0");
        await MatchAsync("left");

        _clock.Advance(TimeSpan.FromDays(399));
        await MatchAsync();
        Assert.Single(await ListAsync());
        _clock.Advance(TimeSpan.FromDays(3));
        await MatchAsync();
        Assert.Empty(await ListAsync());
    }

    private async Task<IReadOnlyList<string>> ListAsync(long? imageId = null) =>
        [.. (await new ChangesReport(_database, _clock).ListAsync(1, imageId, new ChangeFilter(), new PageRequest(1, 50), default)).Rows
            .OrderBy(r => r.At).ThenByDescending(r => r.Appeared).Select(r => $"{(r.Appeared ? "+" : "-")} {r.VulnerabilityId} {r.Cause}")];

    private Task<ChangeWeek> WeekAsync() => new ChangesReport(_database, _clock).WeekAsync(1, default);

    // An hour passes, an import marks what names the package, and the matcher comes by.
    private async Task MatchAsync(string? marked = null)
    {
        await using (var db = _database.CreateDbContext())
        {
            await db.Components.Where(c => c.Name == marked).ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        }

        await _service.MatchPendingAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromHours(1));
    }

    private Task FeedAsync(string ecosystem) => AddAsync(new FeedState { Key = ecosystem, Covers = ecosystem, Status = FeedStatus.Ready, LastSuccessAt = DateTime.UnixEpoch });

    private async Task AdvisoryAsync(string id, string name, string fixedIn, string more = "")
    {
        var json = $$"""
            {"id":"{{id}}","modified":"2026-01-01T00:00:00Z",{{more}} "affected":[{"package":{"ecosystem":"npm","name":"{{name}}"},
             "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"{{fixedIn}}"}]}]}]}
            """;
        var now = _clock.GetUtcNow().UtcDateTime;
        await using var db = _database.CreateDbContext();
        var first = await db.Advisories.Where(a => a.Id == id).Select(a => (DateTime?)a.FirstReadAt).SingleOrDefaultAsync();
        await db.Advisories.Where(a => a.Id == id).ExecuteDeleteAsync();
        await AddAsync(
            new Advisory
            {
                Id = id, FirstReadAt = first ?? now, ReadAt = now, Withdrawn = more.Contains("withdrawn", StringComparison.Ordinal) ? now : null,
                Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)),
            },
            new AffectedPackage { AdvisoryId = id, Ecosystem = "npm", EcosystemBase = "npm", Name = name });
    }

    private async Task LatestAsync(long imageId)
    {
        await using var db = _database.CreateDbContext();
        await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.LatestImageId, imageId));
        await db.Images.Where(i => i.Id == imageId).ExecuteUpdateAsync(set => set.SetProperty(i => i.CountsDue, 1));
    }

    private async Task<long> ImageAsync(params (string Name, string Version)[] packages)
    {
        var image = new Image
        {
            RepositoryId = _repositoryId, Digest = Guid.NewGuid().ToString("n"), Kind = ImageKind.Image, State = ImageState.Analysed, AnalysedAt = _clock.GetUtcNow().UtcDateTime,
        };
        var set = new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "npm", Count = packages.Length };
        var components = packages.Select(package => new Component
        {
            Purl = $"pkg:npm/{package.Name}@{package.Version}", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = package.Name, Version = package.Version,
            AdvisoryName = package.Name, AdvisoryVersion = package.Version,
        }).ToList();
        await AddAsync([image, set, .. components]);
        await AddAsync([new ImagePackageSet { ImageId = image.Id, PackageSetId = set.Id }, .. components.Select(c => new PackageSetComponent { PackageSetId = set.Id, ComponentId = c.Id, Path = c.Name })]);
        return image.Id;
    }

    private async Task AddAsync(params object[] rows)
    {
        await using var db = _database.CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }
}
