using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace ScoutDashboard.Data;

/// <summary>
/// Has single statements that write without a turn (<see cref="ScoutDb.BeginWriteAsync"/>) ask for the lock again after 1 ms, 2 ms, 5 ms and so on, as SQLite does by itself;
/// Microsoft.Data.Sqlite, which waits as long as a command may, asks every 150 ms.
/// </summary>
internal sealed class ShortWaits : DbConnectionInterceptor
{
    // After that the longer waits begin, which end in time.
    private const int Milliseconds = 500;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection);
        return Task.CompletedTask;
    }

    private static void Set(DbConnection connection) => raw.sqlite3_busy_timeout(((SqliteConnection)connection).Handle, Milliseconds);
}
