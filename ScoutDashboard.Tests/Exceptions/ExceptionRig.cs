using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Exceptions;

/// <summary>
/// Two repositories and their newest images: team/app has openssl and zlib with CVE-2026-1 (critical, high), and openssl with CVE-2026-2; team/copy is the same digest. The
/// clock stands at <see cref="ReportSeed.Now"/>.
/// </summary>
internal sealed class ExceptionRig : IAsyncDisposable
{
    public const string First = "CVE-2026-1001";
    public const string Second = "CVE-2026-1002";
    private readonly ChangeSignal _changes = new();

    private ExceptionRig(TestDatabase database)
    {
        Database = database;
        Seed = new ReportSeed(database);
        Service = new ExceptionService(database, Signal, Clock);
        Lapse = new ExceptionLapse(database, Clock);
        Findings = new FindingService(database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), _changes, Clock);
    }

    public TestDatabase Database { get; }
    public ReportSeed Seed { get; }
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(ReportSeed.Now));
    public ExceptionSignal Signal { get; } = new();
    public ExceptionService Service { get; }
    public ExceptionLapse Lapse { get; }
    public FindingService Findings { get; }
    public long App { get; private set; }
    public long Copy { get; private set; }
    public long OpenSsl { get; private set; }
    public long Zlib { get; private set; }

    public static async Task<ExceptionRig> CreateAsync()
    {
        var rig = new ExceptionRig(await TestDatabase.CreateAsync());
        await rig.Seed.AddAsync(new FeedState { Key = "Debian", Covers = "Debian", Status = FeedStatus.Ready, LastSuccessAt = DateTime.UnixEpoch });
        // So that the release is known to have advisories.
        await rig.Seed.AdvisoryAsync("DEBIAN-1", "", new { id = "DEBIAN-1" });
        await rig.Seed.AddAsync(new AffectedPackage { AdvisoryId = "DEBIAN-1", Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = "other" });
        var (app, copy) = (await rig.Database.AddRepositoryAsync("team/app"), await rig.Database.AddRepositoryAsync("team/copy"));
        (rig.App, rig.Copy) = (await rig.Seed.ImageAsync(app, "same", latest: true, tag: "1.0"), await rig.Seed.ImageAsync(copy, "same", latest: true, tag: "1.0"));
        (rig.OpenSsl, rig.Zlib) = (await rig.Seed.ComponentAsync("openssl", "3.0.1"), await rig.Seed.ComponentAsync("zlib", "1.2"));
        await rig.Seed.FindingAsync(rig.OpenSsl, First, SeverityLevel.Critical, fixedVersion: "3.0.2");
        await rig.Seed.FindingAsync(rig.Zlib, First, SeverityLevel.High);
        await rig.Seed.FindingAsync(rig.OpenSsl, Second, SeverityLevel.Low);
        foreach (var image in new[] { rig.App, rig.Copy })
        {
            await rig.Seed.PackagesAsync(image, 0, (rig.OpenSsl, "var/lib/dpkg/status"), (rig.Zlib, "var/lib/dpkg/status"));
        }

        await rig.CountAsync(all: true);
        return rig;
    }

    public ExceptionDraft Draft(string id = First, ExceptionScope scope = ExceptionScope.Repository, long? image = null, string? package = null, int? days = null) =>
        new(id, scope, image ?? App, package, new ExceptionStatement(ExceptionType.AcceptedRisk, null, "No path leads there.", days is { } count ? DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime).AddDays(count) : null));

    /// <summary>Makes one as an editor does; counts; returns its row.</summary>
    public async Task<ExceptionRule> MakeAsync(ExceptionDraft draft)
    {
        Assert.Equal(ExceptionOutcome.Done, await Service.CreateAsync(TestActor.Editor, draft, default));
        await CountAsync();
        await using var db = Database.CreateDbContext();
        return await db.Exceptions.OrderBy(e => e.Id).LastAsync();
    }

    public async Task CountAsync(bool all = false)
    {
        if (all)
        {
            await using var db = Database.CreateDbContext();
            await CountMarks.AddAsync(db, db.Images.Select(i => i.Id), default);
        }

        await Findings.CountDueAsync(default);
    }

    /// <summary>Gives every finding of a vulnerability a further CVE.</summary>
    public async Task AddCveAsync(string vulnerabilityId, string cve)
    {
        await using var db = Database.CreateDbContext();
        db.FindingCves.AddRange((await db.Findings.Where(f => f.VulnerabilityId == vulnerabilityId).Select(f => f.Id).ToListAsync()).Select(id => new FindingCve { FindingId = id, Cve = cve }));
        await db.SaveChangesAsync();
    }

    /// <summary>Critical, high, low, accepted, and fixable ones of the first two.</summary>
    public async Task<(int? C, int? H, int? L, int Accepted, int Fixable)> CountsAsync(long imageId)
    {
        await using var db = Database.CreateDbContext();
        var image = await db.Images.SingleAsync(i => i.Id == imageId);
        return (image.Critical, image.High, image.Low, image.Accepted, image.FixableCriticalHigh);
    }

    public async ValueTask DisposeAsync()
    {
        Findings.Dispose();
        Signal.Dispose();
        await Database.DisposeAsync();
    }
}
