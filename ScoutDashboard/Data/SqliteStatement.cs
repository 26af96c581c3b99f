using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace ScoutDashboard.Data;

/// <summary>
/// One statement of SQLite that is prepared once and run for many rows, within the connection's transaction. Values are bound by their place, in the form that
/// Microsoft.Data.Sqlite gives them: a command of ADO.NET would take longer to bind a row than SQLite to store it.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // As Microsoft.Data.Sqlite writes a DateTime.
    private const string TimeFormat = @"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Sets the parameter at that place, which begins with 1.</summary>
    /// <exception cref="NotSupportedException">A value of a kind that no column of ours has.</exception>
    public void Bind(int place, object? value) => Check(value switch
    {
        null => sqlite3_bind_null(_statement, place),
        string text => sqlite3_bind_text(_statement, place, text),
        byte[] bytes => sqlite3_bind_blob(_statement, place, bytes),
        DateTime time => Bind(place, time),
        bool flag => sqlite3_bind_int64(_statement, place, flag ? 1 : 0),
        int or long => sqlite3_bind_int64(_statement, place, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        double number => sqlite3_bind_double(_statement, place, number),
        _ => throw new NotSupportedException($"A value of {value.GetType().Name} can't be bound."),
    });

    /// <summary>Runs it with what is bound.</summary>
    /// <exception cref="SqliteException">SQLite refuses the row.</exception>
    public void Run()
    {
        var result = sqlite3_step(_statement);
        // Of a failed step this returns its error again, which the first check tells.
        _ = sqlite3_reset(_statement);
        Check(result == SQLITE_DONE ? SQLITE_OK : result);
    }

    public void Dispose() => _statement.Dispose();

    private int Bind(int place, DateTime time)
    {
        Span<byte> text = stackalloc byte[32];
        return time.TryFormat(text, out var length, TimeFormat, CultureInfo.InvariantCulture)
            ? sqlite3_bind_text(_statement, place, text[..length]) : throw new InvalidOperationException("A time does not fit.");
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
