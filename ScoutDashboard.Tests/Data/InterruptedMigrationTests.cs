using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

/// <summary>A start that was killed while it brought the database up to date is one that the next start goes on from, without a hand.</summary>
public sealed class InterruptedMigrationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-interrupted-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task WhoDiedWithTheLockOfMigrationsKeepsNobodyOut()
    {
        await using var services = Services("locked.db", new PowerCut());
        await DataServices.MigrateAsync(services, default);
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-11-28 23:59:59')""");

        await DataServices.MigrateAsync(services, default).WaitAsync(Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(23)]
    public async Task StartsThatEachDieALittleLaterEndInTheSameDatabaseAsOneThatLives(int more)
    {
        await using var undisturbed = Services("undisturbed.db", new PowerCut());
        await DataServices.MigrateAsync(undisturbed, default);

        for (var commands = 1; !await LivesAsync(new PowerCut { After = commands }); commands += more)
        {
        }

        await using var interrupted = Services("interrupted.db", new PowerCut());
        Assert.Equal(await SchemaAsync(undisturbed), await SchemaAsync(interrupted));
    }

    private async Task<bool> LivesAsync(PowerCut cut)
    {
        await using var services = Services("interrupted.db", cut);
        try
        {
            await DataServices.MigrateAsync(services, default).WaitAsync(Limit);
            return true;
        }
        catch (Exception) when (cut.IsOff)
        {
            return false;
        }
    }

    private ServiceProvider Services(string file, PowerCut cut) => new ServiceCollection().AddLogging().AddScoutData(Path.Combine(_folder.FullName, file))
        .ConfigureDbContext<SqliteScoutDb>(options => options.AddInterceptors(cut)).BuildServiceProvider();

    private static async Task<List<string>> SchemaAsync(ServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        var schema = await db.Database.SqlQueryRaw<string>("SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS Value FROM sqlite_master ORDER BY name").ToListAsync();
        return [.. schema, .. await db.Database.GetAppliedMigrationsAsync()];
    }

    // After so many commands the process is no more: nothing reaches the database, not even what would tidy up.
    private sealed class PowerCut : DbCommandInterceptor
    {
        private int _commands;

        public int After { get; init; } = int.MaxValue;

        public bool IsOff => _commands > After;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) => new(Pass(result));

        public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default) => new(Pass(result));

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) => new(Pass(result));

        public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) => Pass(result);

        private T Pass<T>(T result) => ++_commands > After ? throw new InvalidOperationException("The process is dead.") : result;
    }
}
