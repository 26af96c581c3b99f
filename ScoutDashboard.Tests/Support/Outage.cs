using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ScoutDashboard.Tests.Support;

/// <summary>Lets a <see cref="TestDatabase"/> not answer.</summary>
public sealed class Outage : DbCommandInterceptor
{
    /// <summary>What the commands that fail begin with: "" for all; null where it is over.</summary>
    public string? Of { get; set; } = "";

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        Of is { } failing && command.CommandText.StartsWith(failing, StringComparison.Ordinal)
            ? throw new SqliteException("database is locked", SQLitePCL.raw.SQLITE_BUSY) : base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
}
