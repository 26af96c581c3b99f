using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Data;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Retention;

public sealed class RetentionWorkerTests
{
    [Fact]
    public async Task ItRunsSoonAfterTheStartAndThenRegularlyAlsoAfterARoundThatFailed()
    {
        var databases = new Databases();
        await using var rig = RetentionRig.On(await JobRig.CreateAsync(), databases: databases);
        databases.Inner = rig.Jobs.Database;
        using var clock = new WaitedClock(JobRig.Start);
        using var worker = new RetentionWorker(rig.Service, new RetentionOptions(), clock, NullLogger<RetentionWorker>.Instance);
        await worker.StartAsync(default);
        await clock.WaitedForAsync();
        Assert.Null(await LastRunAsync());

        clock.Advance(TimeSpan.FromMinutes(1));
        await clock.WaitedForAsync();
        Assert.Equal(JobRig.Start, await LastRunAsync());

        rig.Jobs.Clock.Advance(TimeSpan.FromHours(1));
        databases.Inner = null;
        clock.Advance(TimeSpan.FromHours(1));
        await clock.WaitedForAsync();
        Assert.Equal(JobRig.Start, await LastRunAsync());

        databases.Inner = rig.Jobs.Database;
        clock.Advance(TimeSpan.FromHours(1));
        await clock.WaitedForAsync();
        Assert.Equal(JobRig.Start.AddHours(1), await LastRunAsync());

        await worker.StopAsync(default);
        Assert.Equal(TaskStatus.RanToCompletion, worker.ExecuteTask!.Status);

        Task<DateTime?> LastRunAsync() => rig.AskAsync(db => db.RetentionRuns.Select(run => (DateTime?)run.StartedAt).SingleOrDefaultAsync());
    }

    // None can be had while there is nothing inside.
    private sealed class Databases : IDbContextFactory<ScoutDb>
    {
        public TestDatabase? Inner { get; set; }

        public ScoutDb CreateDbContext() => Inner?.CreateDbContext() ?? throw new IOException("The disk is gone.");
    }
}
