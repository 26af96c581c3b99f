using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class OverviewFiguresTests : BunitContext
{
    public OverviewFiguresTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
    }

    [Theory]
    [InlineData(null, 0, 0, "the catalog was not loaded")]
    [InlineData(3, 0, 0, "vulnerabilities in latest images")]
    [InlineData(3, 2, 1, "2 appeared, 1 gone in 7 days")]
    [InlineData(0, 0, 1, "0 appeared, 1 gone in 7 days")]
    public void WhatIsExploitedTellsWhatTheWeeksChangesBrought(int? exploited, int appeared, int gone, string expected)
    {
        var view = new OverviewView(true, 1, new OverviewTotals(0, null, null, null), null, [], 0, [], []) { KnownExploited = exploited };

        var figures = Render<OverviewFigures>(parameters => parameters.Add(f => f.View, view).Add(f => f.Week, new ChangeWeek(5, 5, []) { ExploitedAppeared = appeared, ExploitedGone = gone }));

        Assert.Equal(expected, figures.FindAll(".figure-change")[^1].TextContent);
    }
}
