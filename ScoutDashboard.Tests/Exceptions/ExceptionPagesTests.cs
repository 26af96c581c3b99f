using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionPagesTests : BunitContext, IAsyncLifetime
{
    private const string Ghsa = "GHSA-aaaa-bbbb-cccc";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Outage _outage = new() { Of = null };
    private ExceptionRig _rig = null!;

    [Theory]
    [InlineData(First)]
    [InlineData(Ghsa)]
    [InlineData("CVE-2026-1003")]
    public async Task TheVulnerabilitysPageLinksToAllExceptionsOnItUnderWhicheverNameTheyWereMade(string id)
    {
        await _rig.Seed.AdvisoryAsync(Ghsa, "", new { id = Ghsa, modified = "2026-01-01T00:00:00Z", aliases = new[] { First } });
        await _rig.Seed.AdvisoryAsync("PYSEC-2026-1", "", new { id = "PYSEC-2026-1", modified = "2026-01-01T00:00:00Z", aliases = new[] { Ghsa } });
        await _rig.AddCveAsync(First, "CVE-2026-1003");
        foreach (var name in new[] { First, Ghsa, "PYSEC-2026-1", "CVE-2026-1003", Second })
        {
            await _rig.MakeAsync(_rig.Draft(name));
        }

        Enter(MemberRole.Viewer);
        var page = Render<VulnerabilityPage>(p => p.Add(one => one.Id, id));
        await page.WaitForAssertionAsync(() => Assert.Contains("There are 4 exceptions on it.", page.Markup, StringComparison.Ordinal), Limit);
        Services.GetRequiredService<NavigationManager>().NavigateTo(page.FindAll("a").Single(link => link.TextContent == "See exceptions").GetAttribute("href")!);

        var list = Render<ExceptionsPage>();
        await list.WaitForAssertionAsync(
            () => Assert.Equal([First, "CVE-2026-1003", Ghsa, "PYSEC-2026-1"], list.FindAll("td a").Select(link => link.TextContent).Order(StringComparer.Ordinal)), Limit);
        await list.FindAll(".filter-chip").Single(chip => chip.TextContent == $"On {id}").ClickAsync(new());
        Assert.EndsWith("/exceptions", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AListThatCantBeReadIsToldAndReadByTryingAgain()
    {
        await _rig.MakeAsync(_rig.Draft());
        Enter(MemberRole.Viewer);
        _outage.Of = "";
        var list = Render<ExceptionsPage>();
        await list.WaitForAssertionAsync(() => Assert.Equal("The exceptions can't be read", list.Find(".state-failed h2").TextContent), Limit);

        _outage.Of = null;
        await list.Find(".state-failed button").ClickAsync(new());

        await list.WaitForAssertionAsync(() => Assert.Equal(First, list.Find("td a").TextContent), Limit);
        Assert.Empty(list.FindAll(".state-failed"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPDATE")]
    public async Task OneThatCantBeEndedIsToldAndStays(string failing)
    {
        await _rig.MakeAsync(_rig.Draft());
        Enter(MemberRole.Editor);
        var dialogs = Render<MudDialogProvider>();
        var list = Render<ExceptionsPage>();
        await list.WaitForAssertionAsync(() => Assert.Equal(First, list.Find("td a").TextContent), Limit);

        var clicked = list.FindAll("button").Single(button => button.TextContent.Trim() == "End").ClickAsync(new());
        await dialogs.WaitForAssertionAsync(() => Assert.NotEmpty(dialogs.FindAll(".mud-dialog")), Limit);
        _outage.Of = failing;
        await dialogs.FindAll("button").Single(button => button.TextContent.Trim() == "End exception").ClickAsync(new());
        await clicked.WaitAsync(Limit);

        await list.WaitForAssertionAsync(() => Assert.Contains($"The database did not answer, so the exception for {First} was not ended. Try again.", list.Markup, StringComparison.Ordinal), Limit);
        await using var db = _rig.Database.CreateDbContext();
        Assert.Null((await db.Exceptions.SingleAsync()).EndedAt);
    }

    [Fact]
    public async Task AViewerIsOfferedNeitherEditNorEndNorAnyException()
    {
        await _rig.MakeAsync(_rig.Draft());
        Enter(MemberRole.Viewer);

        var list = Render<ExceptionsPage>();
        await list.WaitForAssertionAsync(() => Assert.Equal(First, list.Find("td a").TextContent), Limit);
        var page = Render<VulnerabilityPage>(p => p.Add(one => one.Id, First));
        await page.WaitForAssertionAsync(() => Assert.Contains("There is 1 exception on it.", page.Markup, StringComparison.Ordinal), Limit);

        Assert.DoesNotContain(list.FindAll("button").Concat(page.FindAll("button")), button => button.TextContent.Trim() is "Edit" or "End" or "Create exception");
    }

    public async Task InitializeAsync()
    {
        _rig = await CreateAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices().AddLocalization().AddSingleton<TimeProvider>(_rig.Clock).AddSingleton(new ExceptionService(_rig.Database.With(_outage), _rig.Signal, _rig.Clock)).AddSingleton(new ExceptionsReport(_rig.Database.With(_outage), _rig.Clock))
            .AddSingleton(new VulnerabilityReport(_rig.Database, _rig.Clock)).AddSingleton(new ChangeSignal()).AddSingleton(new JobFeed(_rig.Clock, NullLogger<JobFeed>.Instance));
    }

    private void Enter(MemberRole role)
    {
        this.SignInAs(role);
        Render<MudPopoverProvider>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }
}
