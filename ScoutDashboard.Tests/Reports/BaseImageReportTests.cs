using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class BaseImageReportTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ReportSeed _seed = null!;
    private long _app;
    private long _bases;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _seed = new ReportSeed(_database);
        _app = await _database.AddRepositoryAsync("team/app");
        _bases = await _database.AddRepositoryAsync("base/debian");
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task TheLongestProperStackOfAnotherRepositoryIsTheBase()
    {
        await ImageAsync(_bases, "os", ["os"]);
        var runtime = await ImageAsync(_bases, "runtime", ["os", "-", "runtime"]);
        await ImageAsync(_bases, "the same layers, elsewhere", ["os", "runtime", "app"]);
        await ImageAsync(_bases, "the same layers, in another order", ["runtime", "os"]);
        await ImageAsync(_bases, "more layers", ["os", "runtime", "app", "more"]);
        var app = await ImageAsync(_app, "app", ["os", "-", "runtime", "-", "app"]);

        var known = (await FindAsync(app))!.Known!;

        Assert.Equal((runtime, 2, 3, false), (known.ImageId, known.Layers, known.Steps, known.IsDeclared));
    }

    [Fact]
    public async Task ABaseThatIsAnalysedLaterIsFoundThen()
    {
        var app = await ImageAsync(_app, "app", ["os", "app"]);
        Assert.Equal(new BaseImage(null, null), await FindAsync(app));

        var os = await ImageAsync(_bases, "os", ["os"]);
        Assert.Equal(os, (await FindAsync(app))!.Known!.ImageId);
    }

    [Fact]
    public async Task AnImageOfAnotherOrganizationIsNeverTheBase()
    {
        var foreign = await _seed.ForeignRepositoryAsync();
        await ImageAsync(foreign, "os", ["os"], tag: "12");
        var app = await ImageAsync(_app, "app", ["os", "app"], labels: Base("fabrikam.azurecr.io/secret/app:12", ReportSeed.DigestOf("os")));

        var found = (await FindAsync(app))!;

        Assert.Null(found.Known);
        Assert.Null(found.Declared!.ImageId);
        Assert.Null(await FindAsync(app, organizationId: 2));
    }

    [Fact]
    public async Task AnImageOfTheSameRepositoryIsTheBaseOnlyWhereThereIsNoOther()
    {
        var slim = await ImageAsync(_app, "slim", ["os", "runtime"]);
        var app = await ImageAsync(_app, "app", ["os", "runtime", "app"]);
        Assert.Equal(slim, (await FindAsync(app))!.Known!.ImageId);

        var os = await ImageAsync(_bases, "os", ["os"]);
        Assert.Equal(os, (await FindAsync(app))!.Known!.ImageId);
    }

    [Fact]
    public async Task OfEqualStacksOneThatStillExistsAndWasPushedLastIsTheBase()
    {
        await ImageAsync(_bases, "old", ["os"], daysOld: 5);
        var newer = await ImageAsync(_bases, "newer", ["os"], daysOld: 3);
        var deleted = await ImageAsync(_bases, "deleted", ["os"], daysOld: 1);
        await SetAsync(deleted, i => i.DeletedAt = ReportSeed.Now);
        var app = await ImageAsync(_app, "app", ["os", "app"]);

        Assert.Equal(newer, (await FindAsync(app))!.Known!.ImageId);
    }

    [Fact]
    public async Task WhatTheImageSaysGoesBeforeALongerStack()
    {
        var os = await ImageAsync(_bases, "os", ["os"], tag: "12");
        var worker = await ImageAsync(await _database.AddRepositoryAsync("team/worker"), "worker", ["os", "shared"]);
        var app = await ImageAsync(_app, "app", ["os", "shared", "app"], labels: Base("contoso.azurecr.io/base/debian:12"));

        var found = (await FindAsync(app))!;
        Assert.Equal((os, "12", 1, true), (found.Known!.ImageId, found.Known.Tag, found.Known.Layers, found.Known.IsDeclared));
        Assert.Equal(DeclaredBy.Label, found.Declared!.By);

        // A word about an image that nobody knows leaves the layers' word beside it.
        await SetAsync(app, i => i.Settings = Settings(labels: Base("docker.io/library/debian:12")));
        found = (await FindAsync(app))!;
        Assert.Equal(("docker.io/library/debian:12", null), (found.Declared!.Name, found.Declared.ImageId));
        Assert.Equal((worker, 2, false), (found.Known!.ImageId, found.Known.Layers, found.Known.IsDeclared));
    }

    [Fact]
    public async Task AnAnnotationGoesBeforeALabelAndADigestNamesTheImageOfAnIndex()
    {
        var index = await _seed.ImageAsync(_bases, "index", ImageKind.Index, tag: "12");
        var arm = await ImageAsync(_bases, "arm", ["arm"], platform: "linux/arm64");
        var os = await ImageAsync(_bases, "os", ["os"]);
        await _seed.EntryAsync(index, arm, os);
        var app = await ImageAsync(_app, "app", ["os", "app"], labels: Base("docker.io/library/alpine:3"), annotations: Base("mirror:12", ReportSeed.DigestOf("index")));

        var found = (await FindAsync(app))!;

        Assert.Equal(("mirror:12", DeclaredBy.Annotation, os), (found.Declared!.Name, found.Declared.By, found.Declared.ImageId));
        Assert.Equal((os, true), (found.Known!.ImageId, found.Known.IsDeclared));
    }

    [Fact]
    public async Task ALabelThatTheBaseHasTooIsItsOwnAndSaysNothingOfTheImage()
    {
        var python = await ImageAsync(_bases, "python", ["os", "python"], labels: Base("docker.io/library/debian:12"));
        var app = await ImageAsync(_app, "app", ["os", "python", "app"], labels: Base("docker.io/library/debian:12"));

        var found = (await FindAsync(app))!;

        Assert.Null(found.Declared);
        Assert.Equal(python, found.Known!.ImageId);
    }

    [Fact]
    public async Task ADeclaredBaseWhoseLayersAreOthersSaysNothingOfTheLayers()
    {
        var os = await ImageAsync(_bases, "os", ["os"], tag: "12");
        var app = await ImageAsync(_app, "app", ["squashed"], labels: Base("contoso.azurecr.io/base/debian:12"));

        var found = (await FindAsync(app))!;

        Assert.Equal(os, found.Declared!.ImageId);
        Assert.Null(found.Known);
    }

    [Fact]
    public async Task EachVulnerabilityCountsOnceOnTheSideOfItsLowestLayer()
    {
        await ImageAsync(_bases, "os", ["os", "runtime"]);
        var app = await ImageAsync(_app, "app", ["os", "runtime", "app"], matched: true);
        var openssl = await _seed.ComponentAsync("openssl");
        var library = await _seed.ComponentAsync("libssl3");
        var curl = await _seed.ComponentAsync("curl");
        await _seed.PackagesAsync(app, 1, (library, "var/lib/dpkg/status"));
        await _seed.PackagesAsync(app, 2, (openssl, "var/lib/dpkg/status"), (curl, "var/lib/dpkg/status"));
        await _seed.FindingAsync(library, "CVE-2026-0001", SeverityLevel.Low);
        await _seed.FindingAsync(openssl, "CVE-2026-0001", SeverityLevel.Critical);
        await _seed.FindingAsync(openssl, "CVE-2026-0002", SeverityLevel.High);
        await _seed.FindingAsync(curl, "CVE-2026-0002", SeverityLevel.Medium);
        await _seed.FindingAsync(curl, "CVE-2026-0003", SeverityLevel.High, verdict: Verdict.Undecided);

        Assert.Equal(new SeverityCountsBySide(new SeverityCounts(1, 0, 0, 0, 0), new SeverityCounts(0, 1, 0, 0, 0)), (await FindAsync(app))!.Known!.Sides);

        await SetAsync(app, i => i.Critical = null);
        Assert.Null((await FindAsync(app))!.Known!.Sides);
    }

    [Fact]
    public async Task ANewerImageWithTheTagThatTheBaseHadIsTold()
    {
        var old = await ImageAsync(_bases, "old", ["os"], daysOld: 9);
        await JobAsync("old", "12");
        await JobAsync("old", "latest");
        var app = await ImageAsync(_app, "app", ["os", "app"]);
        Assert.Equal((old, "12", null), await KnownAsync());

        // Another tag moves: that is nothing to this base.
        await _seed.ImageAsync(_bases, "thirteen", tag: "latest", daysOld: 1);
        Assert.Equal((old, "12", null), await KnownAsync());

        var index = await _seed.ImageAsync(_bases, "rebuilt", ImageKind.Index, tag: "12", daysOld: 2);
        var rebuilt = await ImageAsync(_bases, "rebuilt for amd64", ["os, patched"], daysOld: 2);
        await _seed.EntryAsync(index, rebuilt);
        Assert.Equal((old, "12", new NewerBase("12", ReportSeed.Now.AddDays(-2), rebuilt)), await KnownAsync());

        async Task<(long, string?, NewerBase?)> KnownAsync() => (await FindAsync(app))!.Known is { } known ? (known.ImageId, known.Tag, known.Newer) : default;
    }

    [Fact]
    public async Task ADeclaredTagThatMovedIsToldWithTheImageThatItPointedAt()
    {
        var old = await ImageAsync(_bases, "old", ["os"], daysOld: 9);
        var rebuilt = await ImageAsync(_bases, "rebuilt", ["os, patched"], tag: "12", daysOld: 2);
        var app = await ImageAsync(_app, "app", ["os", "app"], labels: Base("contoso.azurecr.io/base/debian:12"));

        var known = (await FindAsync(app))!.Known!;

        Assert.Equal((old, true, "12"), (known.ImageId, known.IsDeclared, known.Tag));
        Assert.Equal(rebuilt, known.Newer!.ImageId);
    }

    [Fact]
    public async Task ImagesAnalysedBeforeThereWereChainsGetTheirs()
    {
        var os = await ImageAsync(_bases, "os", ["-", "os"]);
        var app = await ImageAsync(_app, "app", ["os", "app"]);
        await SetAsync(os, i => i.LayerChain = null);
        await SetAsync(app, i => i.LayerChain = null);
        Assert.Null((await FindAsync(app))!.Known);

        await using (var db = _database.CreateDbContext())
        {
            Assert.Equal(2, await LayerChains.FillAsync(db, default));
            Assert.Equal(0, await LayerChains.FillAsync(db, default));
            Assert.Equal(ReportSeed.DigestOf("os"), await db.Images.Where(i => i.Id == os).Select(i => i.LayerChain).SingleAsync());
        }

        Assert.Equal(os, (await FindAsync(app))!.Known!.ImageId);
    }

    [Fact]
    public async Task ProvenanceDeclaresTheBaseWhereNeitherAnnotationNorLabelDoes()
    {
        var os = await ImageAsync(_bases, "os", ["os"]);
        var app = await ImageAsync(_app, "app", ["os", "app"]);
        await _seed.AddAsync(new ImageAttestations { ImageId = app, Content = "{}", BaseName = "docker.io/library/debian:12", BaseDigest = ReportSeed.DigestOf("os") });

        var found = (await FindAsync(app))!;
        Assert.Equal((DeclaredBy.Provenance, os), (found.Declared!.By, found.Declared.ImageId));
        Assert.Equal((os, true), (found.Known!.ImageId, found.Known.IsDeclared));

        await SetAsync(app, i => i.Settings = Settings(labels: Base("docker.io/library/alpine:3")));
        Assert.Equal((DeclaredBy.Label, "docker.io/library/alpine:3"), ((await FindAsync(app))!.Declared!.By, (await FindAsync(app))!.Declared!.Name));
    }

    [Fact]
    public async Task AnImageThatWasNotAnalysedHasNoAnswer() =>
        Assert.Null(await FindAsync(await _seed.ImageAsync(_app, "pending", state: ImageState.Pending)));

    private Task<BaseImage?> FindAsync(long imageId, int organizationId = 1) => new BaseImageReport(_database, TimeProvider.System).FindAsync(organizationId, imageId, default);

    private async Task<long> ImageAsync(
        long repositoryId, string name, string[] layers, string? tag = null, int daysOld = 0, string platform = "linux/amd64", bool matched = false,
        Dictionary<string, string>? labels = null, Dictionary<string, string>? annotations = null)
    {
        var id = await _seed.ImageAsync(repositoryId, name, platform: platform, daysOld: daysOld, tag: tag, counts: matched ? (1, 1, 0, 0, 0) : null);
        await _seed.LayersAsync(id, layers);
        await SetAsync(id, i => i.Settings = Settings(labels, annotations));
        return id;
    }

    private async Task SetAsync(long imageId, Action<Image> change)
    {
        await using var db = _database.CreateDbContext();
        change((await db.Images.FindAsync(imageId))!);
        await db.SaveChangesAsync();
    }

    private Task JobAsync(string image, string tag) => _seed.AddAsync(new AnalysisJob
    {
        RepositoryId = _bases, Digest = ReportSeed.DigestOf(image), Tag = tag, State = JobState.Succeeded, CreatedAt = ReportSeed.Now,
    });

    private static Dictionary<string, string> Base(string name, string? digest = null)
    {
        var said = new Dictionary<string, string> { ["org.opencontainers.image.base.name"] = name };
        if (digest is not null)
        {
            said["org.opencontainers.image.base.digest"] = digest;
        }

        return said;
    }

    private static string Settings(Dictionary<string, string>? labels = null, Dictionary<string, string>? annotations = null) =>
        JsonSerializer.Serialize(new ImageSettings(null, [], [], null, [], [], labels ?? [], annotations), JsonSerializerOptions.Web);
}
