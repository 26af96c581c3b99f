using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Reports;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

/// <summary>What becomes of exceptions when feeds name vulnerabilities otherwise: the stored counts and the lists follow, together.</summary>
public sealed class ExceptionNamingTests : IAsyncLifetime
{
    private const string Ghsa = "GHSA-aaaa-bbbb-cccc";
    private const string Pysec = "PYSEC-2026-1";
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task ANameThatAnAdvisoryGainsOrLosesIsCountedAnewWithoutAnyMark()
    {
        await AdvisoryAsync(Ghsa);
        await AdvisoryAsync(Pysec, Ghsa);
        await _rig.MakeAsync(_rig.Draft(Pysec));
        Assert.Equal((0, 0), await AcceptedAsync());

        await AdvisoryAsync(Ghsa, First);
        await _rig.Findings.MatchPendingAsync(default);
        Assert.Equal((1, 1), await AcceptedAsync());

        await AdvisoryAsync(Ghsa, Second);
        await _rig.Findings.MatchPendingAsync(default);
        Assert.Equal((1, 1), await AcceptedAsync());
        Assert.Equal((1, 0, 0), await SeveritiesAsync());

        await AdvisoryAsync(Ghsa);
        await _rig.Findings.MatchPendingAsync(default);
        Assert.Equal((0, 0), await AcceptedAsync());
        Assert.Equal((1, 0, 1), await SeveritiesAsync());
    }

    [Fact]
    public async Task WhatDidNotChangeIsNotCountedAnew()
    {
        await AdvisoryAsync(Pysec, First);
        await _rig.MakeAsync(_rig.Draft(Pysec));
        await _rig.Findings.MatchPendingAsync(default);

        await using var db = _rig.Database.CreateDbContext();
        await db.Images.Where(i => i.Id == _rig.App).ExecuteUpdateAsync(set => set.SetProperty(i => i.Accepted, 77));
        await _rig.Findings.MatchPendingAsync(default);

        Assert.Equal(77, (await db.Images.SingleAsync(i => i.Id == _rig.App)).Accepted);
    }

    [Theory]
    [InlineData(Ghsa, First)]
    [InlineData(First, Ghsa)]
    public async Task OneHoldsWhenItsAdvisoryIsGivenACveOrLosesIt(string before, string after)
    {
        await AdvisoryAsync(Ghsa, before == Ghsa ? [] : [before]);
        await FoundAsync(before);
        await _rig.MakeAsync(_rig.Draft(before));
        Assert.Equal((1, 1), await AcceptedAsync());

        await AdvisoryAsync(Ghsa, after == Ghsa ? [] : [after]);
        await FoundAsync(after);
        await _rig.Findings.MatchPendingAsync(default);
        await _rig.CountAsync(all: true);

        Assert.Equal((1, 1), await AcceptedAsync());
    }

    [Fact]
    public async Task NeitherANoticeNorAnAdvisorysSecondCveIsANameOfAnExceptionOnTheFirst()
    {
        await AdvisoryAsync(Ghsa, First, "CVE-2026-1003");
        await _rig.Seed.AdvisoryAsync("DSA-1-1", "", new { id = "DSA-1-1", modified = "2026-01-01T00:00:00Z", upstream = new[] { First } });
        await using (var db = _rig.Database.CreateDbContext())
        {
            await db.Findings.Where(f => f.ComponentId == _rig.OpenSsl && f.VulnerabilityId == First).ExecuteUpdateAsync(set => set.SetProperty(f => f.AdvisoryId, Ghsa));
            await db.Findings.Where(f => f.ComponentId == _rig.Zlib).ExecuteUpdateAsync(set => set.SetProperty(f => f.AdvisoryId, "DSA-1-1"));
        }

        Assert.Equal([First, Ghsa], (await _rig.MakeAsync(_rig.Draft())).Names);
    }

    [Fact]
    public async Task AnAdvisoryThatIsWithdrawnNamesNothing()
    {
        await AdvisoryAsync(Ghsa, First);
        await _rig.MakeAsync(_rig.Draft(Ghsa));
        Assert.Equal((1, 1), await AcceptedAsync());

        await using (var db = _rig.Database.CreateDbContext())
        {
            await db.Advisories.Where(a => a.Id == Ghsa).ExecuteUpdateAsync(set => set.SetProperty(a => a.Withdrawn, ReportSeed.Now));
        }

        await _rig.Findings.MatchPendingAsync(default);
        Assert.Equal((0, 0), await AcceptedAsync());
    }

    // An advisory as a feed brings it.
    private async Task AdvisoryAsync(string id, params string[] aliases)
    {
        await using (var db = _rig.Database.CreateDbContext())
        {
            await db.Advisories.Where(a => a.Id == id).ExecuteDeleteAsync();
        }

        await _rig.Seed.AdvisoryAsync(id, "", new { id, modified = "2026-01-01T00:00:00Z", aliases });
    }

    // As matching leaves the findings of the advisory.
    private async Task FoundAsync(string id)
    {
        await using var db = _rig.Database.CreateDbContext();
        await db.Findings.Where(f => f.VulnerabilityId == First || f.VulnerabilityId == Ghsa).ExecuteUpdateAsync(set => set.SetProperty(f => f.VulnerabilityId, id).SetProperty(f => f.AdvisoryId, Ghsa));
    }

    private async Task<(int? C, int? H, int? L)> SeveritiesAsync()
    {
        var counts = await _rig.CountsAsync(_rig.App);
        return (counts.C, counts.H, counts.L);
    }

    // As stored, and as the list of the image's findings judges it.
    private async Task<(int Stored, int Listed)> AcceptedAsync() => (
        (await _rig.CountsAsync(_rig.App)).Accepted,
        (await new FindingsReport(_rig.Database, _rig.Clock).ListAsync(1, _rig.App, new FindingFilter(), new PageRequest(1, 50), default)).Accepted);
}
