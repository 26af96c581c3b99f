using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Reports;

namespace ScoutDashboard.Tests.Retention;

public sealed class BrokenRetentionTests
{
    private static readonly string[] Left = ["image kept", "component shared", "layer base", "set 1"];

    [Fact]
    public async Task WhereverARunEndsNothingIsHalfRemovedAndTheNextOneEndsAsAnUndisturbedOne()
    {
        await using var jobs = await JobRig.CreateAsync();
        var ending = new Ending();
        await using var rig = RetentionRig.On(jobs, databases: jobs.Database.With(ending));
        await KeepAsync(rig);
        await RunAsync(rig, ending, end: int.MaxValue);
        var commands = ending.Commands;
        Assert.InRange(commands, 20, 200);

        for (var end = 1; end <= commands; end++)
        {
            await RunAsync(rig, ending, end);
        }
    }

    private static async Task RunAsync(RetentionRig rig, Ending ending, int end)
    {
        await LoseAsync(rig, $"gone {end}");
        var lines = await rig.AskAsync(db => db.Audit.CountAsync());
        ending.Begin(end);
        try
        {
            await rig.RunAsync();
        }
        catch (Exception exception) when (exception is IOException || exception.InnerException is IOException)
        {
            ending.Begin(int.MaxValue);
            Assert.Equal(await rig.AskAsync(db => db.Images.CountAsync()) == 2 ? 0 : 1, await rig.AskAsync(db => db.Audit.CountAsync()) - lines);
            await rig.RunAsync();
        }

        Assert.Equal(Left, await rig.AskAsync(ContentAsync));
        Assert.Equal(lines + 1, await rig.AskAsync(db => db.Audit.CountAsync()));
    }

    private static async Task KeepAsync(RetentionRig rig)
    {
        var kept = await rig.Seed.ImageAsync(rig.Jobs.RepositoryId, "kept", tag: "v1");
        await rig.Seed.LayersAsync(kept, "base");
        await rig.Seed.PackagesAsync(kept, 0, (await rig.Seed.ComponentAsync("shared"), "a"));
        await rig.Seed.AddAsync(new Layer { BlobDigest = ReportSeed.DigestOf("base"), ExtractorSet = rig.Setup.ExtractorSet, Scan = [1], ScannedAt = JobRig.Start.AddDays(-9) });
    }

    private static async Task LoseAsync(RetentionRig rig, string name)
    {
        var (repository, then) = (rig.Jobs.RepositoryId, JobRig.Start.AddDays(-100));
        var gone = await rig.Seed.ImageAsync(repository, name);
        await rig.AskAsync(db => db.Images.Where(i => i.Id == gone).ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, then)));
        await rig.Seed.LayersAsync(gone, "base", name);
        var own = await rig.Seed.ComponentAsync(name);
        await rig.Seed.PackagesAsync(gone, 0, (await rig.AskAsync(db => db.Components.Where(c => c.Name == "shared").Select(c => c.Id).SingleAsync()), "a"), (own, "b"));
        await rig.Seed.FindingAsync(own, "CVE-1", SeverityLevel.Low);
        await rig.Seed.AddAsync(
            new Layer { BlobDigest = ReportSeed.DigestOf(name), ExtractorSet = rig.Setup.ExtractorSet, Scan = [1], ScannedAt = then },
            new AnalysisJob { RepositoryId = repository, State = JobState.Failed, FinishedAt = then }, new RegistryEvent { IntegrationId = 1, EventId = name, ReceivedAt = then, Outcome = "" });
    }

    private static async Task<List<string>> ContentAsync(ScoutDb db)
    {
        Assert.Empty(await db.Database.SqlQueryRaw<string>("SELECT \"table\" AS Value FROM pragma_foreign_key_check").ToListAsync());
        return
        [
            .. (await db.Images.Select(i => i.Digest).ToListAsync()).Select(digest => digest == ReportSeed.DigestOf("kept") ? "image kept" : digest),
            .. await db.Components.Select(c => $"component {c.Name}").ToListAsync(), .. await db.Findings.Select(f => $"finding {f.VulnerabilityId}").ToListAsync(),
            .. (await db.Layers.Select(l => l.BlobDigest).ToListAsync()).Select(digest => digest == ReportSeed.DigestOf("base") ? "layer base" : digest),
            .. await db.PackageSets.Select(s => $"set {s.Count}").ToListAsync(), .. await db.Jobs.Select(j => $"job {j.State}").ToListAsync(), .. await db.Events.Select(e => $"event {e.EventId}").ToListAsync(),
        ];
    }

    // Ends the run before a command of the database, counted from where it begins.
    private sealed class Ending : DbCommandInterceptor
    {
        private int _end = int.MaxValue;

        public int Commands { get; private set; }

        public void Begin(int end) => (_end, Commands) = (end, 0);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Count();
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Count();
            return ValueTask.FromResult(result);
        }

        private void Count()
        {
            if (++Commands == _end)
            {
                throw new IOException("The process ended here.");
            }
        }
    }
}
