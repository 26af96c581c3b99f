using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Reports;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

/// <summary>Every list tells of an exception what the evaluator says.</summary>
public sealed class AcceptedReportTests : IAsyncLifetime
{
    private static readonly PageRequest Page = new(1, 50);
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AnImagesFindingsTellWhichIsAcceptedByWhatAndStandLastAndCanBeFiltered()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(package: "pkg:deb/debian/openssl", days: 3));

        var page = await FindingsAsync(new FindingFilter());
        Assert.Equal((3, 0), (page.Total, page.Accepted));
        Assert.Equal([("zlib", First, null), ("openssl", Second, null), ("openssl", First, rule.Id)], page.Rows.Select(row => (row.Package, row.VulnerabilityId, row.Exceptions.Applied?.Id)));
        Assert.Equal((ExceptionMiss.OtherPackage, rule.Id), page.Rows[0].Exceptions.Missed.Select(missed => (missed.Why, missed.Rule.Id)).Single());
        Assert.Equal([rule.Id], (await FindingsAsync(new FindingFilter { Accepted = true })).Rows.Select(row => row.Exceptions.Applied!.Id));
        Assert.Equal(2, (await FindingsAsync(new FindingFilter { Accepted = false })).Total);
        Assert.All((await FindingsAsync(new FindingFilter(), _rig.Copy)).Rows, row => Assert.Null(row.Exceptions.Applied));

        _rig.Clock.Advance(TimeSpan.FromDays(4));
        page = await FindingsAsync(new FindingFilter());
        Assert.Equal((0, First), (page.Accepted, page.Rows[0].VulnerabilityId));
        Assert.Contains(page.Rows, row => row.Exceptions.Missed.Any(missed => missed.Why == ExceptionMiss.Expired));
    }

    [Fact]
    public async Task LayersAndPackagesOfTheImageCountWhatIsNotAccepted()
    {
        await _rig.Seed.StepAsync(_rig.App, 0, 0, "ADD rootfs");
        await _rig.MakeAsync(_rig.Draft());

        Assert.Equal(new SeverityCounts(0, 0, 0, 1, 0), Assert.Single(await new ImageReport(_rig.Database, _rig.Clock).LayersAsync(1, _rig.App, default)).Counts);
        Assert.Equal(
            [("openssl", new SeverityCounts(0, 0, 0, 1, 0)), ("zlib", default)],
            (await new ImagePackagesReport(_rig.Database, _rig.Clock).ListAsync(1, _rig.App, new PackageFilter(), null, Page, default)).Rows.Select(row => (row.Name, row.Counts!.Value)));
        Assert.Equal(1, (await new ImageReport(_rig.Database, _rig.Clock).FindAsync(1, _rig.App, default))!.Image.Accepted);
    }

    [Fact]
    public async Task OverAllImagesAVulnerabilityIsAcceptedOnlyWhereItIsInEveryLatestImage()
    {
        await _rig.MakeAsync(_rig.Draft());
        Assert.Equal([(First, false), (Second, false)], await VulnerabilitiesAsync());
        Assert.Equal(("openssl", new SeverityCounts(1, 0, 0, 1, 0)), await WorstPackageAsync());

        await _rig.MakeAsync(_rig.Draft(image: _rig.Copy));
        Assert.Equal([(Second, false), (First, true)], await VulnerabilitiesAsync());
        Assert.Equal([(First, true)], await VulnerabilitiesAsync(accepted: true));
        Assert.Equal([(Second, false)], await VulnerabilitiesAsync(accepted: false));
        Assert.Equal(("openssl", new SeverityCounts(0, 0, 0, 1, 0)), await WorstPackageAsync());
    }

    [Theory]
    [InlineData(Verdict.Affected, Verdict.Undecided, "openssl", false)]
    [InlineData(Verdict.Affected, Verdict.Undecided, "zlib", false)]
    [InlineData(Verdict.Affected, Verdict.Undecided, null, true)]
    [InlineData(Verdict.Undecided, Verdict.Undecided, "zlib", false)]
    [InlineData(Verdict.Undecided, Verdict.Undecided, null, true)]
    [InlineData(Verdict.Affected, Verdict.Affected, "openssl", false)]
    [InlineData(Verdict.Affected, Verdict.Affected, null, true)]
    public async Task WhatCountsAsAcceptedIsTheSameForTheImageItsFindingsAndTheListOfAll(Verdict inOpenSsl, Verdict inZlib, string? package, bool accepted)
    {
        const string id = "CVE-2026-1009";
        await _rig.Seed.FindingAsync(_rig.OpenSsl, id, SeverityLevel.Critical, verdict: inOpenSsl);
        await _rig.Seed.FindingAsync(_rig.Zlib, id, SeverityLevel.High, verdict: inZlib);
        await _rig.MakeAsync(_rig.Draft(id, ExceptionScope.Organization, package: package is null ? null : "pkg:deb/debian/" + package));

        var counts = await _rig.CountsAsync(_rig.App);
        Assert.Equal(accepted ? 1 : 0, counts.Accepted);
        // What is left of it counts by its severity, also where it is not certain: an exception for one package makes nothing clean of which is not known whether it is in another.
        Assert.Equal((inOpenSsl == Verdict.Affected && package == "zlib" ? 2 : 1, inOpenSsl == Verdict.Affected && package == "openssl" ? 1 : 0), (counts.C, counts.H));
        Assert.Equal((counts.Accepted, counts.Accepted), ((await FindingsAsync(new FindingFilter())).Accepted, (await FindingsAsync(new FindingFilter(Text: "zlib"))).Accepted));
        Assert.Equal(accepted, (await VulnerabilitiesAsync()).Single(row => row.Id == id).Accepted);
        Assert.Equal(accepted ? [(id, true)] : [], await VulnerabilitiesAsync(accepted: true));
    }

    [Fact]
    public async Task OneForTheOrganizationCoversEveryLatestImage()
    {
        await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Organization));

        Assert.Equal([(Second, false), (First, true)], await VulnerabilitiesAsync());
        var totals = (await new OverviewReport(_rig.Database, _rig.Clock).GetAsync(1, default)).Totals;
        Assert.Equal((new SeverityCounts(0, 0, 0, 2, 0), 2, 0), (totals.Counts!.Value, totals.Accepted, totals.FixableCriticalHigh));
    }

    [Fact]
    public async Task WhatIsKnownToBeExploitedIsToldUntilItIsAcceptedEverywhere()
    {
        await _rig.Seed.AddAsync(new FeedState { Key = KnownExploit.FeedKey, Status = FeedStatus.Ready, LastSuccessAt = ReportSeed.Now }, new KnownExploit { Cve = First, AddedOn = ReportSeed.Now });
        await _rig.MakeAsync(_rig.Draft());
        Assert.Equal(1, (await new OverviewReport(_rig.Database, _rig.Clock).GetAsync(1, default)).KnownExploited);

        await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Organization));
        Assert.Equal(0, (await new OverviewReport(_rig.Database, _rig.Clock).GetAsync(1, default)).KnownExploited);
    }

    [Fact]
    public async Task TheVulnerabilitysPageTellsOfEachPlaceWhetherItIsAccepted()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(package: "pkg:deb/debian/zlib"));

        var view = (await new VulnerabilityReport(_rig.Database, _rig.Clock).FindAsync(1, First, default))!;

        Assert.Equal(1, view.Exceptions);
        Assert.Equal(
            [("openssl", "team/app", null), ("openssl", "team/copy", null), ("zlib", "team/app", rule.Id), ("zlib", "team/copy", null)],
            view.Packages.SelectMany(package => package.Holders.Select(holder => (package.Name, holder.Repository, holder.Exception?.Id))));
    }

    private Task<FindingsPage> FindingsAsync(FindingFilter filter, long? image = null) => new FindingsReport(_rig.Database, _rig.Clock).ListAsync(1, image ?? _rig.App, filter with { Sort = FindingSort.Severity }, Page, default);

    private async Task<IEnumerable<(string Id, bool Accepted)>> VulnerabilitiesAsync(bool? accepted = null) =>
        (await new VulnerabilitiesReport(_rig.Database, _rig.Clock).ListAsync(1, new VulnerabilityFilter { Accepted = accepted }, Page, default)).Rows.Select(row => (row.Id, row.Accepted));

    private async Task<(string Name, SeverityCounts Counts)> WorstPackageAsync()
    {
        var row = (await new PackagesReport(_rig.Database, _rig.Clock).ListAsync(1, new PackageFilter(), byName: false, Page, default)).Rows[0];
        return (row.Name, row.Counts!.Value);
    }
}
