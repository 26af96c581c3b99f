using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Jobs;
using static ScoutDashboard.Tests.Repositories.RegistryRig;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Repositories;

public sealed class LivePagesTests : BunitContext, IAsyncLifetime
{
    private RegistryRig _rig = null!;

    [Fact]
    public async Task TogglingARepositoryQueuesItsLatestImageAndTheJobsPageShowsIt()
    {
        (_rig.Registry["team/app"], _rig.Registry["team/new"]) = ([Tag("v1", 1, minute: 1)], []);
        var repositories = Render<RegistryRepositoriesPage>(page => page.Add(p => p.Id, 1));
        await repositories.WaitForAssertionAsync(() => Assert.Contains("team/new", repositories.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await repositories.InvokeAsync(() => repositories.FindAll(".mud-switch input")[^1].Change(true));
        await repositories.WaitForAssertionAsync(() => Assert.Contains("Queued", repositories.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        var jobs = Render<JobsPage>();
        await jobs.WaitForAssertionAsync(() => Assert.Contains("the latest", jobs.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("team/new", jobs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeniedCatalogueSaysWhatTheTokenLacksAndStillShowsWhatIsKnown()
    {
        _rig.Faults["_catalog"] = System.Net.HttpStatusCode.Forbidden;
        var page = Render<RegistryRepositoriesPage>(parameters => parameters.Add(p => p.Id, 1));
        await page.WaitForAssertionAsync(() => Assert.Contains("_repositories_pull_metadata_read", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("team/app", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedJobShowsItsReasonAndIsTriedAgain()
    {
        await _rig.Jobs.Queue.EnqueueAsync(_rig.Jobs.RepositoryId, JobRig.DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        var job = (await _rig.Jobs.Ledger.ClaimAsync(CancellationToken.None))!;
        await _rig.Jobs.Ledger.FinishAsync(job, new JobResult(JobState.Failed, "Layer 2 is <b>encrypted</b>."), CancellationToken.None);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/jobs?state=failed");
        var page = Render<JobsPage>();
        await page.WaitForAssertionAsync(() => Assert.Contains("Layer 2 is &lt;b&gt;encrypted&lt;/b&gt;.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.Trim() == "Try again").Click());
        Assert.Equal([JobState.Failed, JobState.Queued], (await _rig.Jobs.JobsAsync()).Select(j => j.State));
    }

    [Fact]
    public async Task AViewerSeesWhatIsKnownWithoutAskingTheRegistryAndCanChangeNothing()
    {
        this.SignInAs(MemberRole.Viewer);
        _rig.Registry["team/new"] = [];
        var page = Render<RegistryRepositoriesPage>(parameters => parameters.Add(p => p.Id, 1));
        await page.WaitForAssertionAsync(() => Assert.Contains("team/app", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        Assert.DoesNotContain("team/new", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("List again", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".mud-checkbox"));
        Assert.All(page.FindAll(".mud-switch input"), input => Assert.True(input.HasAttribute("disabled")));
        Assert.Contains("Editors and administrators choose", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void TopBarCountsWhatRuns()
    {
        Render<MudPopoverProvider>();
        var bar = Render<RunningJobs>();
        _rig.Get<JobFeed>().Publish(new JobProgress(1, 1, "team/app", JobState.Running, "Pulling", 0.5));
        bar.WaitForAssertion(() => Assert.Contains("Running jobs: 1", bar.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        _rig.Get<JobFeed>().Publish(new JobProgress(1, 1, "team/app", JobState.Succeeded, "", null));
        bar.WaitForAssertion(() => Assert.Contains("Running jobs: 0", bar.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }

    public async Task InitializeAsync()
    {
        _rig = await RegistryRig.CreateAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices().AddLocalization()
            .AddSingleton<TimeProvider>(_rig.Jobs.Clock).AddSingleton(_rig.Get<JobFeed>()).AddSingleton(_rig.Get<JobQueue>()).AddSingleton(_rig.Get<JobList>())
            .AddSingleton(_rig.Get<CatalogSync>()).AddSingleton(_rig.Get<RepositoryService>());
        this.SignInAs(MemberRole.Editor);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }
}
