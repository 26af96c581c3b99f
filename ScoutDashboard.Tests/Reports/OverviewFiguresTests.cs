using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class OverviewFiguresTests : BunitContext
{
    public OverviewFiguresTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
    }

    [Theory]
    [InlineData(null, 0, 0, "the catalog was not loaded")]
    [InlineData(3, 0, 0, "vulnerabilities in latest images")]
    [InlineData(3, 2, 1, "2 appeared, 1 gone in 7 days")]
    [InlineData(0, 0, 1, "0 appeared, 1 gone in 7 days")]
    public void WhatIsExploitedTellsWhatTheWeeksChangesBrought(int? exploited, int appeared, int gone, string expected) =>
        Assert.Equal(expected, Notes(new OverviewTotals(0, null, null, null), ChangeWeek.Quiet with { All = new Moves(5, 5), Exploited = new Moves(appeared, gone) }, exploited)[3]);

    [Fact]
    public void FiguresTellWhatTheWeeksChangesBrought() => Assert.Equal(
        ["1,200 analysed in 7 days", "3 got new ones in 7 days", "critical + high: 1,001 appeared, 2 gone in 7 days"],
        Notes(new OverviewTotals(9, 4, 7, default(SeverityCounts)), new ChangeWeek(new Moves(2000, 9), new Moves(1001, 2), default, 3, []))[..3]);

    [Fact]
    public void WhatWasNeverCheckedHasNoChangeEither() =>
        Assert.Equal(["1,200 analysed in 7 days", "not checked yet", "not checked yet"], Notes(new OverviewTotals(0, null, null, null), ChangeWeek.Quiet)[..3]);

    [Fact]
    public void AQuietWeekIsToldAsOne() => Assert.Equal(
        ["no new vulnerabilities in 7 days", "critical + high: 0 appeared, 0 gone in 7 days"], Notes(new OverviewTotals(9, 4, 7, default(SeverityCounts)), ChangeWeek.Quiet)[1..3]);

    private string[] Notes(OverviewTotals totals, ChangeWeek week, int? exploited = null)
    {
        var view = new OverviewView(true, 1, totals, [], 1200, [], []) { KnownExploited = exploited };
        return [.. Render<OverviewFigures>(parameters => parameters.Add(f => f.View, view).Add(f => f.Week, week)).FindAll(".figure-note").Select(note => note.TextContent)];
    }
}
