using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>The schema in SQLite: one file, WAL mode.</summary>
public sealed class SqliteScoutDb(DbContextOptions<SqliteScoutDb> options) : ScoutDb(options)
{
    private const int UniqueConstraint = 2067;
    private const int PrimaryKeyConstraint = 1555;

    public override bool IsDuplicate(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueConstraint or PrimaryKeyConstraint };

    // Not SetCommandTimeout: it doesn't reach the BEGIN of a transaction, which is what waits for the lock.
    public override void LimitWait(TimeSpan wait) =>
        ((SqliteConnection)Database.GetDbConnection()).DefaultTimeout = Math.Max(1, (int)wait.TotalSeconds);
}
