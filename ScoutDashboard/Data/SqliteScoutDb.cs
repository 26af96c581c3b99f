using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>The schema in SQLite: one file, WAL mode.</summary>
public sealed class SqliteScoutDb(DbContextOptions<SqliteScoutDb> options) : ScoutDb(options)
{
    private const int UniqueConstraint = 2067;
    private const int PrimaryKeyConstraint = 1555;
    private const int Busy = 5;
    private const int Locked = 6;

    // One for each database that this process has open.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.Ordinal);

    public override bool IsDuplicate(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueConstraint or PrimaryKeyConstraint };

    public override bool IsBusy(DbException exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    // A list as one parameter: with one for each of its items, as is usual, SQLite looks each up by its name among all, and the statement is parsed anew for each length.
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseSqlite(sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter));

    // Not SetCommandTimeout: it doesn't reach the BEGIN of a transaction, which is what waits for the lock.
    public override void LimitWait(TimeSpan wait) =>
        ((SqliteConnection)Database.GetDbConnection()).DefaultTimeout = Math.Max(1, (int)wait.TotalSeconds);

    public override async Task<WriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        var turn = Turns.GetOrAdd(connection.ConnectionString, _ => new SemaphoreSlim(1));
        if (!await turn.WaitAsync(TimeSpan.FromSeconds(connection.DefaultTimeout), cancellationToken))
        {
            throw new SqliteException($"Others wrote to the database for more than {connection.DefaultTimeout} seconds.", Busy);
        }

        try
        {
            return new WriteTransaction(await Database.BeginTransactionAsync(cancellationToken), turn);
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    // The pages of the indexes, which each row touches all over, stay in memory, and are copied from the log to the file once for several transactions.
    public override async Task<IAsyncDisposable> ForManyRowsAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        await Database.ExecuteSqlRawAsync("PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 8192;", cancellationToken);
        return new ManyRows(this);
    }

    // Not EF's own transaction, which takes the lock for writing.
    public override async Task<IAsyncDisposable> SnapshotAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        var transaction = ((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true);
        await Database.UseTransactionAsync(transaction, cancellationToken);
        return new Snapshot(this, transaction);
    }

    public override async Task<DatabaseSize> SizeAsync(CancellationToken cancellationToken)
    {
        // One statement, so that all figures are of one moment.
        var figures = await Database.SqlQueryRaw<long>("SELECT page_size * page_count AS Value FROM pragma_page_size, pragma_page_count UNION ALL SELECT page_size * freelist_count FROM pragma_page_size, pragma_freelist_count")
            .ToListAsync(cancellationToken);
        return new DatabaseSize(figures[0], figures[1]);
    }

    public override Task GiveBackSomeAsync(CancellationToken cancellationToken) => Database.ExecuteSqlRawAsync("PRAGMA incremental_vacuum(1000)", cancellationToken);

    public override Task EmptyLogAsync(CancellationToken cancellationToken) => Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken);

    // The connection goes back to the pool as it was.
    private sealed class ManyRows(SqliteScoutDb db) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA cache_size = -2000; PRAGMA wal_autocheckpoint = 1000; PRAGMA shrink_memory;", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
            FreedMemory.Return();
        }
    }

    private sealed class Snapshot(SqliteScoutDb db, SqliteTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await db.Database.UseTransactionAsync(null, CancellationToken.None);
            await transaction.DisposeAsync();
            await db.Database.CloseConnectionAsync();
        }
    }
}
