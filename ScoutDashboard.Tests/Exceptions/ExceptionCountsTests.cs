using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionCountsTests : IAsyncLifetime
{
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AnExceptionTakesItsFindingsFromTheCountsOfItsScopeOnlyAndTheyCountAgainWhenItIsEnded()
    {
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));

        var rule = await _rig.MakeAsync(_rig.Draft());
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.Copy));

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.EndAsync(TestActor.Editor, rule.Id, default));
        await _rig.CountAsync();
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));
    }

    [Fact]
    public async Task AVulnerabilityInAnotherPackageStillCountsByThatOnesSeverity()
    {
        await _rig.MakeAsync(_rig.Draft(package: "pkg:deb/debian/openssl@3.0.1"));

        // High in zlib, which no fix is known for; accepted is only what is accepted everywhere in the image.
        Assert.Equal((0, 1, 1, 0, 0), await _rig.CountsAsync(_rig.App));
    }

    [Fact]
    public async Task TheDaysTotalsAreWithoutWhatIsAccepted()
    {
        await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Organization));

        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal((0, 2, 0), await db.Snapshots.Select(s => ValueTuple.Create(s.Critical, s.Low, s.FixableCriticalHigh)).SingleAsync());
    }

    [Fact]
    public async Task AnIndexCountsWhatOneOfItsImagesIsNotExceptedFrom()
    {
        await using (var db = _rig.Database.CreateDbContext())
        {
            var repository = (await db.Images.SingleAsync(i => i.Id == _rig.App)).RepositoryId;
            var other = await _rig.Seed.ImageAsync(repository, "arm", platform: "linux/arm64");
            await _rig.Seed.PackagesAsync(other, 0, (_rig.OpenSsl, "status"));
            var index = await _rig.Seed.ImageAsync(repository, "index", ImageKind.Index);
            await _rig.Seed.EntryAsync(index, _rig.App, other);
            await _rig.CountAsync(all: true);
            await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Image));
            Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));
            Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(index));

            await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Image, image: other));
            Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(index));
        }
    }

    [Fact]
    public async Task AnExceptionUnderAnAdvisorysIdHoldsWhenACveIsAssignedAndANoticeOnSeveralNamesNone()
    {
        await _rig.Seed.AdvisoryAsync("GHSA-aaaa-bbbb-cccc", "", new { id = "GHSA-aaaa-bbbb-cccc", modified = "2026-01-01T00:00:00Z", aliases = new[] { First } });
        await _rig.Seed.AdvisoryAsync("PYSEC-2026-1", "", new { id = "PYSEC-2026-1", modified = "2026-01-01T00:00:00Z", aliases = new[] { "GHSA-aaaa-bbbb-cccc" } });
        await _rig.Seed.AdvisoryAsync("DSA-1-1", "", new { id = "DSA-1-1", modified = "2026-01-01T00:00:00Z", upstream = new[] { First, Second } });

        await _rig.MakeAsync(_rig.Draft("DSA-1-1"));
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));

        await _rig.MakeAsync(_rig.Draft("PYSEC-2026-1"));
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));
    }

    [Fact]
    public async Task AFindingsFurtherCveIsANameOfIt()
    {
        await _rig.AddCveAsync(Second, "CVE-2026-1003");

        await _rig.MakeAsync(_rig.Draft("CVE-2026-1003"));

        Assert.Equal((1, 0, 0, 1, 1), await _rig.CountsAsync(_rig.App));
    }

    [Fact]
    public async Task WhatExpiredWhileNobodyRanIsMadeUpForAndARenewalHoldsAgain()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(days: 1));
        Assert.Equal(new DateTime(2026, 6, 17, 0, 0, 0, DateTimeKind.Utc), rule.ExpiresAt);
        Assert.Equal(rule.ExpiresAt, await _rig.Lapse.RunAsync(default));
        await _rig.CountAsync();
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));

        _rig.Clock.SetUtcNow(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Null(await _rig.Lapse.RunAsync(default));
        await _rig.CountAsync();
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.ChangeAsync(TestActor.Editor, rule.Id, ExceptionStatement.Of(rule), _rig.Draft(days: 30).Statement, default));
        await _rig.CountAsync();
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));
        Assert.Equal(new DateTime(2026, 8, 1, 0, 0, 0, DateTimeKind.Utc), await _rig.Lapse.RunAsync(default));
    }

    [Fact]
    public async Task AClockThatWasAheadForAWhileEndsNoneForGoodNorKeepsOneForEver()
    {
        var start = _rig.Clock.GetUtcNow();
        var rule = await _rig.MakeAsync(_rig.Draft(days: 30));
        _rig.Clock.AdjustTime(start.AddYears(1));
        Assert.Null(await _rig.Lapse.RunAsync(default));
        await _rig.CountAsync();
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));

        _rig.Clock.AdjustTime(start);
        Assert.Equal(rule.ExpiresAt, await _rig.Lapse.RunAsync(default));
        await _rig.CountAsync();
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));

        _rig.Clock.AdjustTime(rule.ExpiresAt!.Value);
        Assert.Null(await _rig.Lapse.RunAsync(default));
        await _rig.CountAsync();
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));
    }

    [Fact]
    public async Task TheWorkerCountsWhenOneIsMadeAndAtTheInstantAtWhichItExpires()
    {
        using var clock = new WaitedClock(ReportSeed.Now);
        using var findings = new FindingService(_rig.Database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), clock);
        using var worker = new ExceptionWorker(new ExceptionLapse(_rig.Database, clock), _rig.Signal, findings, clock, NullLogger<ExceptionWorker>.Instance);
        await worker.StartAsync(default);
        await clock.WaitedForAsync();

        // To the midnight after, UTC.
        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.CreateAsync(TestActor.Editor, _rig.Draft(days: 0), default));
        await clock.WaitedForAsync();
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));

        clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromMilliseconds(1));
        await clock.WaitedForAsync();
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await clock.WaitedForAsync();
        Assert.Equal((1, 0, 1, 0, 1), await _rig.CountsAsync(_rig.App));
        await worker.StopAsync(default);
    }
}
