using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Jobs;

namespace ScoutDashboard.Tests.Retention;

/// <summary>By the size of the file, as the file system tells it.</summary>
public sealed class ReturnedSpaceTests : IAsyncLifetime
{
    private const int Megabyte = 1 << 20;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-space-");

    private string File => Path.Combine(_folder.FullName, "scout.db");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task ANewDatabaseGivesBackWhatItDoesNotNeedWhileItIsUsed()
    {
        await using var services = await StartAsync();
        var databases = services.GetRequiredService<IDbContextFactory<ScoutDb>>();
        await using var db = await databases.CreateDbContextAsync();
        await FillAndEmptyAsync(db);
        var full = SizeOf(File);
        Assert.InRange(full, 20 * Megabyte, long.MaxValue);
        // Somebody else writes between the steps.
        var steps = 0;
        for (var size = await db.SizeAsync(CancellationToken.None); size.FreeBytes > 0; size = await db.SizeAsync(CancellationToken.None))
        {
            await db.GiveBackSomeAsync(CancellationToken.None);
            await using var other = await databases.CreateDbContextAsync();
            other.Organizations.Add(new Organization { Name = $"{++steps}" });
            await other.SaveChangesAsync();
        }

        await db.EmptyLogAsync(CancellationToken.None);

        Assert.InRange(steps, 5, 20);
        Assert.InRange(SizeOf(File), 1, 3 * Megabyte);
        Assert.Equal(0, SizeOf(File + "-wal"));
        Assert.Equal("ok", await OneAsync(db, "SELECT integrity_check AS Value FROM pragma_integrity_check"));
    }

    [Fact]
    public async Task ARunGivesBackWhatItRemoved()
    {
        await using var services = await StartAsync();
        var databases = services.GetRequiredService<IDbContextFactory<ScoutDb>>();
        await using (var db = await databases.CreateDbContextAsync())
        {
            var registry = new Integration
            {
                OrganizationId = db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" }).Entity.Id, Hostname = "contoso.azurecr.io", TokenName = "t",
                WebhookKeyHash = [1], ProtectedWebhookKey = "", TemplateKeyHash = [1], ProtectedTemplateKey = "",
            };
            db.Integrations.Add(registry);
            await db.SaveChangesAsync();
            db.AddRange(Enumerable.Range(0, 100).Select(n => new RegistryEvent { IntegrationId = registry.Id, EventId = $"{n}", ReceivedAt = JobRig.Start.AddDays(-31), Outcome = new string('x', Megabyte / 10) }));
            await db.SaveChangesAsync();
        }

        await using var rig = RetentionRig.On(await JobRig.CreateAsync(), databases: databases);
        var run = await rig.RunAsync();

        Assert.Equal(100, run.Events);
        Assert.InRange(run.BytesBefore, 10 * Megabyte, long.MaxValue);
        Assert.InRange(run.BytesAfter, 1, 3 * Megabyte);
        Assert.Equal(run.BytesAfter, SizeOf(File));
        // It holds the line of the run.
        Assert.InRange(SizeOf(File + "-wal"), 0, Megabyte);
    }

    [Fact]
    public async Task ADatabaseOfAnEarlierVersionIsRewrittenOnceAndKeepsWhatIsInIt()
    {
        await OldAsync();
        Assert.InRange(SizeOf(File), 20 * Megabyte, long.MaxValue);

        await using var services = await StartAsync();
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

        Assert.Equal("2", await OneAsync(db, "SELECT CAST(auto_vacuum AS TEXT) AS Value FROM pragma_auto_vacuum"));
        Assert.InRange(SizeOf(File), 1, 3 * Megabyte);
        Assert.Equal("wal", await OneAsync(db, "SELECT journal_mode AS Value FROM pragma_journal_mode"));
        Assert.Equal("stays", await OneAsync(db, "SELECT Summary AS Value FROM Advisories"));
        Assert.Equal(["scout.db", "scout.db-shm", "scout.db-wal"], _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    // Elsewhere it may be memory: of a container whose root file system can only be read, it is.
    [Fact]
    public async Task WhatIsRewrittenLiesMeanwhileBesideTheDatabase()
    {
        await OldAsync(isFull: true);
        var temporary = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_folder.FullName, "etilqs_*");
        watcher.Created += (_, created) => temporary.TrySetResult(created.Name ?? "");
        watcher.EnableRaisingEvents = true;

        await using var services = await StartAsync();

        Assert.StartsWith("etilqs_", await temporary.Task.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterAStartThatWasEndedInTheMiddleOfItTheNextOneDoesNotTryAgainUntilToldTo()
    {
        await OldAsync();
        await System.IO.File.WriteAllTextAsync(File + "-rewriting", "");
        await using (var services = await StartAsync())
        await using (var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            Assert.Equal("0", await OneAsync(db, "SELECT CAST(auto_vacuum AS TEXT) AS Value FROM pragma_auto_vacuum"));
            Assert.Equal("stays", await OneAsync(db, "SELECT Summary AS Value FROM Advisories"));
        }

        System.IO.File.Delete(File + "-rewriting");
        await using var again = await StartAsync();
        await using var after = await again.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        Assert.Equal("2", await OneAsync(after, "SELECT CAST(auto_vacuum AS TEXT) AS Value FROM pragma_auto_vacuum"));
    }


    // As an earlier version made it: it can't shrink.
    private async Task OldAsync(bool isFull = false)
    {
        await using (var old = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite($"Data Source={File};Pooling=False").Options))
        {
            await old.Database.MigrateAsync();
            Assert.Equal("0", await OneAsync(old, "SELECT CAST(auto_vacuum AS TEXT) AS Value FROM pragma_auto_vacuum"));
            await FillAndEmptyAsync(old);
            old.AddRange(isFull ? Enumerable.Range(0, 100).Select(n => new Advisory { Id = $"C-{n}", Document = new byte[Megabyte / 10] }) : []);
            await old.SaveChangesAsync();
            await old.EmptyLogAsync(CancellationToken.None);
        }
    }

    private async Task<ServiceProvider> StartAsync()
    {
        var services = new ServiceCollection().AddLogging().AddScoutData(File).BuildServiceProvider();
        await DataServices.MigrateAsync(services, CancellationToken.None);
        return services;
    }

    private static async Task FillAndEmptyAsync(ScoutDb db)
    {
        db.AddRange(Enumerable.Range(0, 200).Select(n => new Advisory { Id = $"A-{n}", Document = new byte[Megabyte / 10] }));
        await db.SaveChangesAsync();
        db.Advisories.Add(new Advisory { Id = "B", Summary = "stays", Document = [1] });
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        await db.Advisories.Where(a => a.Id.StartsWith("A-")).ExecuteDeleteAsync();
        await db.EmptyLogAsync(CancellationToken.None);
    }

    private static Task<string> OneAsync(ScoutDb db, string sql) => db.Database.SqlQueryRaw<string>(sql).AsAsyncEnumerable().SingleAsync().AsTask();

    // A log goes with the last connection, which tests beside this one may close: pools are the process's.
    private static long SizeOf(string file) => new FileInfo(file) is { Exists: true } found ? found.Length : 0;
}
