using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;

namespace ScoutDashboard.Benchmarks;

/// <summary>
/// Importing an ecosystem's archive, matching all components with it, and applying a day's changes, at four sizes, against merely reading and parsing the same
/// archive. Each size in a process of its own, so that the peak is its own, which has done the same with a small archive before: a dashboard runs for weeks, and what its first
/// seconds cost is not the question.
/// </summary>
internal sealed class Knowledge(Report report, DirectoryInfo folder)
{
    /// <summary>First argument of the process that imports one archive.</summary>
    public const string ImportCommand = "import";
    private const int ChangedRecords = 3000;
    private const long MostPeak = 400_000_000;
    private const int WarmUpRecords = 10_000;
    private const int MostWarmUps = 40;
    private const double CompiledShare = 0.01;
    private static readonly ImportScope Scope = new(Advisory.Bucket, OsvContents.Ecosystem);
    private static readonly int[] Sizes = [10_000, 30_000, 100_000, 300_000];

    public async Task RunAsync()
    {
        foreach (var records in Sizes)
        {
            Report.Note($"Writing an archive of {records:n0} advisories");
            var archive = Path.Combine(folder.FullName, $"{records}.zip");
            OsvContents.WriteArchive(archive, records);
            var reading = ReadAndParse(archive);
            var need = await ApartAsync(archive, records, Path.Combine(folder.FullName, $"{WarmUpRecords}.zip"));
            var isGoal = records == Sizes[^1];
            var rate = records / need.ImportCpu;
            report.Add($"Import of {records:n0} advisories ({new FileInfo(archive).Length >> 20} MiB packed)", $"{rate:n0} a second on one core; {need.ImportCpu / reading.TotalSeconds:f2} × reading and parsing",
                isGoal ? "≥ 20,000 a second" : "", isGoal ? rate >= 20_000 : null);
            report.Add("… peak memory of the process", $"{need.ImportPeak / 1_000_000} MB", isGoal ? $"< {MostPeak / 1_000_000} MB" : "", isGoal ? need.ImportPeak < MostPeak : null);
            report.Add($"… matching all of {ComponentsOf(records):n0} components", $"{need.Match:f1} s; {need.Match / reading.TotalSeconds:f2} ×; {need.Findings:n0} findings", isGoal ? "< 10 s" : "", isGoal ? need.Match < 10 : null);
            report.Add("… matching all of them again", $"{need.Rematch:f1} s; {need.Rematch / reading.TotalSeconds:f2} ×", isGoal ? "< 10 s" : "", isGoal ? need.Rematch < 10 : null);
            report.Add($"… {ChangedRecords:n0} changed advisories, until matched", $"{need.Change:f2} s; {need.Change / reading.TotalSeconds:f2} ×; {need.Changes:n0} changes told", isGoal ? "< 2 s" : "", isGoal ? need.Change < 2 : null);
        }
    }

    /// <summary>What the process of its own does: <paramref name="arguments"/> are the archive, its number of records, and the archive to begin with.</summary>
    public static async Task ImportAsync(string[] arguments)
    {
        await WarmUpAsync(arguments[0], arguments[2]);
        await ForgetPeakAsync();
        var need = await WorkAsync($"{arguments[0]}.db", arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        Console.WriteLine(JsonSerializer.Serialize(need));
    }

    // Until what runs is compiled as it will stay: the runtime compiles a method again once it was called often, meanwhile, which took a third of a short import.
    private static async Task WarmUpAsync(string path, string archive)
    {
        for (var round = 0; round < MostWarmUps; round++)
        {
            var before = JitInfo.GetCompilationTime();
            var start = Stopwatch.GetTimestamp();
            await WorkAsync($"{path}.warm-up-{round}.db", archive, WarmUpRecords);
            if ((JitInfo.GetCompilationTime() - before) < CompiledShare * Stopwatch.GetElapsedTime(start))
            {
                return;
            }
        }
    }

    // The highest memory is that of what is measured, not of what was done before (proc(5), clear_refs); elsewhere than on Linux it is that of both.
    private static async Task ForgetPeakAsync()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
        {
            await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        }
    }

    private static async Task<Need> WorkAsync(string database, string archive, int records)
    {
        await using var services = Services(database);
        await DataServices.MigrateAsync(services, CancellationToken.None);
        var import = services.GetRequiredService<AdvisoryImport>();
        var before = Environment.CpuUsage.TotalTime;
        await ImportAsync(services, archive, records);
        var importCpu = Environment.CpuUsage.TotalTime - before;
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64;
        await AddComponentsAsync(services, ComponentsOf(records));

        var findings = services.GetRequiredService<FindingService>();
        var match = await TimeAsync(() => findings.MatchPendingAsync(CancellationToken.None));
        await MarkAllAsync(services);
        var rematch = await TimeAsync(() => findings.MatchPendingAsync(CancellationToken.None));
        var changed = Changed(records);
        var change = await TimeAsync(async () =>
        {
            await import.UpdateAsync(Scope, changed.ToAsyncEnumerable().Select(record => AdvisoryItem.Parse(record.Id, record.Json)), CancellationToken.None);
            await findings.MatchPendingAsync(CancellationToken.None);
        });
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        return new Need(importCpu.TotalSeconds, peak, match.TotalSeconds, rematch.TotalSeconds, change.TotalSeconds, await db.Findings.CountAsync(), await db.FindingChanges.CountAsync());
    }

    private static async Task ImportAsync(ServiceProvider services, string path, int records)
    {
        await using var archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024);
        var result = await services.GetRequiredService<AdvisoryImport>().ReplaceAsync(Scope, AdvisoryArchive.ReadAsync(archive, CancellationToken.None), CancellationToken.None);
        if (result.Records != records || result.Rejected > 0)
        {
            throw new InvalidOperationException($"{result.Records} of {records} were imported, {result.Rejected} rejected.");
        }
    }

    private static async Task MarkAllAsync(ServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await using var transaction = await db.BeginWriteAsync(CancellationToken.None);
        await MatchMarks.AddAsync(db, db.Components, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static int ComponentsOf(int records) => records * 2 / 3;

    // The newest, as they would be: from all over the names.
    private static List<(string Id, byte[] Json)> Changed(int records) => [.. Enumerable.Range(0, ChangedRecords)
        .Select(change => (int)((long)change * records / ChangedRecords)).Select(number => (OsvContents.IdOf(number), OsvContents.Record(number, revision: 1)))];

    private static TimeSpan ReadAndParse(string path)
    {
        var before = Environment.CpuUsage.TotalTime;
        using var zip = ZipFile.OpenRead(path);
        using var buffer = new MemoryStream();
        foreach (var entry in zip.Entries)
        {
            buffer.SetLength(0);
            using (var stream = entry.Open())
            {
                stream.CopyTo(buffer);
            }

            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        }

        return Environment.CpuUsage.TotalTime - before;
    }

    // Half of the names are in no advisory.
    private static async Task AddComponentsAsync(ServiceProvider services, int count)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        db.Feeds.Add(new FeedState { Key = "osv-npm", Covers = OsvContents.Ecosystem, LastSuccessAt = DateTime.UtcNow });
        await db.SaveChangesAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var random = new Random(4);
        foreach (var some in Enumerable.Range(0, count).Chunk(2000))
        {
            db.Components.AddRange(some.Select(number =>
            {
                var (name, version) = (OsvContents.NameOf(number % 80_000), $"{random.Next(6)}.{random.Next(20)}.{number / 80_000}");
                return new Component
                {
                    Purl = $"pkg:npm/{name}@{version}?n={number}", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = name, Version = version, AdvisoryName = name, AdvisoryVersion = version,
                };
            }));
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
        }

        await transaction.CommitAsync();
    }

    private static ServiceProvider Services(string path) => new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
        .AddScoutData(path).AddScoutAdvisories(new ConfigurationBuilder().Build()).AddScoutFindings().BuildServiceProvider();

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task<Need> ApartAsync(string archive, int records, string warmUp)
    {
        string[] arguments = [typeof(Knowledge).Assembly.Location, ImportCommand, archive, records.ToString(CultureInfo.InvariantCulture), warmUp];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<Need>(output)! : throw new InvalidOperationException($"The process that imports an archive failed: {output}");
    }

    private sealed record Need(double ImportCpu, long ImportPeak, double Match, double Rematch, double Change, int Findings, int Changes);
}
