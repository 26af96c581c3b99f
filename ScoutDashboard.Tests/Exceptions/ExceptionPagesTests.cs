using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Data;
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

        var page = Render<VulnerabilityPage>(p => p.Add(one => one.Id, id));
        await page.WaitForAssertionAsync(() => Assert.Contains("There are 4 exceptions on it.", page.Markup, StringComparison.Ordinal), Limit);
        Services.GetRequiredService<NavigationManager>().NavigateTo(page.FindAll("a").Single(link => link.TextContent == "See exceptions").GetAttribute("href")!);

        var list = Render<ExceptionsPage>();
        await list.WaitForAssertionAsync(
            () => Assert.Equal([First, "CVE-2026-1003", Ghsa, "PYSEC-2026-1"], list.FindAll("td a").Select(link => link.TextContent).Order(StringComparer.Ordinal)), Limit);
        await list.FindAll(".filter-chip").Single(chip => chip.TextContent == $"On {id}").ClickAsync(new());
        Assert.EndsWith("/exceptions", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _rig = await CreateAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices().AddLocalization().AddSingleton<TimeProvider>(_rig.Clock).AddSingleton(_rig.Service).AddSingleton(new ExceptionsReport(_rig.Database, _rig.Clock))
            .AddSingleton(new VulnerabilityReport(_rig.Database, _rig.Clock)).AddSingleton(new ChangeSignal()).AddSingleton(new JobFeed(_rig.Clock, NullLogger<JobFeed>.Instance));
        this.SignInAs(MemberRole.Editor);
        Render<MudPopoverProvider>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }
}
