using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class ReportViewTests : BunitContext
{
    private readonly ChangeSignal _changes = new();
    private readonly JobFeed _feed = new(TimeProvider.System, NullLogger<JobFeed>.Instance);

    public ReportViewTests() => Services.AddLocalization().AddSingleton(_changes).AddSingleton(_feed);

    [Fact]
    public async Task AnyNumberOfChangesDuringOneReadAskForOneMoreAndNoneAfterTheVisitorLeft()
    {
        var view = Render<Probe>().Instance;
        _changes.Raise();
        await view.Begun.WaitAsync(TimeSpan.FromSeconds(30));
        for (var change = 0; change < 100; change++)
        {
            _changes.Raise();
        }

        view.Go.Release();
        await view.Begun.WaitAsync(TimeSpan.FromSeconds(30));
        view.Go.Release();
        _feed.Publish(new JobProgress(1, 1, "team/app", JobState.Running, "Pulling", null));
        _feed.Publish(new JobProgress(1, 1, "team/app", JobState.Failed, "", null));
        await view.Begun.WaitAsync(TimeSpan.FromSeconds(30));
        view.Go.Release();
        Assert.Equal(3, view.Reads);

        await DisposeComponentsAsync();
        _changes.Raise();
        _feed.PublishQueue();
        Assert.Equal(3, view.Reads);
    }

    public sealed class Probe : ReportView
    {
        public SemaphoreSlim Begun { get; } = new(0);

        public SemaphoreSlim Go { get; } = new(0);

        public int Reads { get; private set; }

        protected override void OnInitialized()
        {
            base.OnInitialized();
            Follow(async () =>
            {
                Reads++;
                Begun.Release();
                await Go.WaitAsync(Leaving);
            });
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Begun.Dispose();
            Go.Dispose();
        }
    }
}
