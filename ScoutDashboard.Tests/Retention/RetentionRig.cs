using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Reports;

namespace ScoutDashboard.Tests.Retention;

/// <summary>Retention over a database with one enabled repository and a clock that the test moves; it makes no pauses.</summary>
internal sealed class RetentionRig : IAsyncDisposable
{
    private readonly FindingService _findings;

    private RetentionRig(JobRig jobs, RetentionOptions options, AnalysisSetup setup, IDbContextFactory<ScoutDb> databases)
    {
        (Jobs, Setup) = (jobs, setup);
        Seed = new ReportSeed(jobs.Database);
        var pace = new RetentionPace(TimeSpan.Zero);
        _findings = new FindingService(databases, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), Changes, jobs.Clock);
        Service = new RetentionService(
            databases,
            new RetentionSteps(
                new UntaggedMarks(databases, pace, jobs.Clock), new ImageRemoval(databases, options, pace, jobs.Clock),
                new UnusedRows(databases, _findings, setup, pace, jobs.Clock), new OldRows(databases, options, pace, jobs.Clock)),
            Changes, pace, jobs.Clock);
    }

    public JobRig Jobs { get; }

    public ReportSeed Seed { get; }

    public AnalysisSetup Setup { get; }

    public ChangeSignal Changes { get; } = new();

    public RetentionService Service { get; }

    public static async Task<RetentionRig> CreateAsync(RetentionOptions? options = null) => On(await JobRig.CreateAsync(), options);

    /// <param name="jobs">Whose rows are looked at.</param>
    /// <param name="databases">By which retention reaches them; its own if null.</param>
    public static RetentionRig On(JobRig jobs, RetentionOptions? options = null, IDbContextFactory<ScoutDb>? databases = null) =>
        new(jobs, options ?? new RetentionOptions(), AnalysisSetup.Read(new ConfigurationBuilder().Build()), databases ?? jobs.Database);

    public Task<RetentionRun> RunAsync() => Service.RunAsync(CancellationToken.None);

    /// <summary>Looks once now, and once more after so many days.</summary>
    public async Task<RetentionRun> RunAfterAsync(int days)
    {
        await RunAsync();
        Jobs.Clock.Advance(TimeSpan.FromDays(days));
        return await RunAsync();
    }

    /// <summary>The ids of the images that are there.</summary>
    public async Task<long[]> ImagesAsync()
    {
        await using var db = Jobs.Database.CreateDbContext();
        return await db.Images.OrderBy(i => i.Id).Select(i => i.Id).ToArrayAsync();
    }

    public async Task<T> AskAsync<T>(Func<ScoutDb, Task<T>> ask)
    {
        await using var db = Jobs.Database.CreateDbContext();
        return await ask(db);
    }

    public async ValueTask DisposeAsync()
    {
        _findings.Dispose();
        await Jobs.DisposeAsync();
    }
}
