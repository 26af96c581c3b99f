using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionsReportTests : IAsyncLifetime
{
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task EachIsListedWithItsStateAndWhatItCoversWhatEndsSoonestFirstAndWhatIsOverLast()
    {
        var expired = await _rig.MakeAsync(_rig.Draft(days: 0));
        var ended = await _rig.MakeAsync(_rig.Draft(Second));
        await _rig.Service.EndAsync(TestActor.Editor, ended.Id, default);
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        var never = await _rig.MakeAsync(_rig.Draft(Second, ExceptionScope.Organization));
        var soon = await _rig.MakeAsync(_rig.Draft(package: "pkg:deb/debian/zlib", days: 10));
        var later = await _rig.MakeAsync(_rig.Draft(image: _rig.Copy, days: 40));

        Assert.Equal(
            [
                (soon.Id, ExceptionState.Expiring, new CoveredLatest(1, 1)), (later.Id, ExceptionState.Active, new CoveredLatest(2, 1)), (never.Id, ExceptionState.Active, new CoveredLatest(2, 2)),
                (expired.Id, ExceptionState.Expired, null), (ended.Id, ExceptionState.Ended, null),
            ],
            (await ListAsync(new ExceptionFilter())).Select(row => (row.Rule.Id, row.State, row.Covered)));
        Assert.Equal([later.Id, never.Id], (await ListAsync(new ExceptionFilter(ExceptionState.Active))).Select(row => row.Rule.Id));
        Assert.Equal([ended.Id], (await ListAsync(new ExceptionFilter(ExceptionState.Ended))).Select(row => row.Rule.Id));
        Assert.Equal([later.Id], (await ListAsync(new ExceptionFilter(Text: "io/team/copy"))).Select(row => row.Rule.Id));
        Assert.Equal([soon.Id], (await ListAsync(new ExceptionFilter(Text: "zlib"))).Select(row => row.Rule.Id));
        Assert.Empty(await ListAsync(new ExceptionFilter(Text: "%")));
        Assert.Empty((await new ExceptionsReport(_rig.Database, _rig.Clock).ListAsync(2, new ExceptionFilter(), new PageRequest(1, 50), default)).Rows);
    }

    [Theory]
    [InlineData(13, "1 2026-06-28")]
    [InlineData(14, null)]
    public async Task TheOverviewWarnsWhereOneEndsWithinTwoWeeks(int days, string? need)
    {
        await _rig.MakeAsync(_rig.Draft(days: days));

        var needs = await new NeedsReport(_rig.Database, _rig.Clock).ListAsync(1, default);

        Assert.Equal(need, needs.Where(one => one.Kind == NeedKind.ExpiringExceptions).Select(one => $"{one.Count} {one.Detail}").SingleOrDefault());
        Assert.DoesNotContain(await new NeedsReport(_rig.Database, _rig.Clock).ListAsync(2, default), one => one.Kind == NeedKind.ExpiringExceptions);
    }

    [Fact]
    public async Task AVulnerabilityThatIsAcceptedIsNotAmongTheCountsOfItsSeverityBesideThem()
    {
        await _rig.MakeAsync(_rig.Draft());

        var row = (await new ImageListReport(_rig.Database).ListAsync(1, new ImageListFilter(), new PageRequest(1, 50), default)).Rows.Single(one => one.Name == "team/app");

        Assert.Equal((new SeverityCounts(0, 0, 0, 1, 0), 1), (row.Latest!.Counts, row.Latest.Accepted));
    }

    private async Task<IReadOnlyList<ExceptionRow>> ListAsync(ExceptionFilter filter) => (await new ExceptionsReport(_rig.Database, _rig.Clock).ListAsync(1, filter, new PageRequest(1, 50), default)).Rows;
}
