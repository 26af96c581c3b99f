using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace ScoutDashboard.Data;

/// <summary>
/// One statement of SQLite that is prepared once and run for many rows, within the connection's transaction. Values are bound by their place, in the form that
/// Microsoft.Data.Sqlite gives them: a command of ADO.NET would take longer to bind a row than SQLite to store it, or to find it.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // As Microsoft.Data.Sqlite writes a DateTime.
    private const string TimeFormat = @"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF";

    // The same for whole seconds, with a letter at its end: of the formats that .NET itself knows, which it writes faster than one of its parts.
    private const string WholeSeconds = "u";

    private const int ShortText = 512;
    private const int LongestTime = 32;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    // The moment of an import or a match stands in each of its rows.
    private readonly byte[] _lastText = new byte[LongestTime];
    private (DateTime Time, int Length) _lastExact;

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
        string text => Bind(place, text),
        byte[] bytes => sqlite3_bind_blob(_statement, place, bytes),
        DateTime time => Bind(place, time),
        bool flag => sqlite3_bind_int64(_statement, place, flag ? 1 : 0),
        int or long => sqlite3_bind_int64(_statement, place, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        double number => sqlite3_bind_double(_statement, place, number),
        _ => throw new NotSupportedException($"A value of {value.GetType().Name} can't be bound."),
    });

    /// <summary>Runs it with what is bound.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">SQLite refuses the row.</exception>
    public int Run()
    {
        var result = sqlite3_step(_statement);
        // Of a failed step this returns its error again, which the first check tells.
        _ = sqlite3_reset(_statement);
        Check(result == SQLITE_DONE ? SQLITE_OK : result);
        return sqlite3_changes(_database);
    }

    /// <summary>Steps to the next row of what it selects; false behind the last, when it can be run again.</summary>
    /// <exception cref="SqliteException">SQLite can't read it.</exception>
    public bool Next()
    {
        var result = sqlite3_step(_statement);
        if (result == SQLITE_ROW)
        {
            return true;
        }

        _ = sqlite3_reset(_statement);
        Check(result == SQLITE_DONE ? SQLITE_OK : result);
        return false;
    }

    /// <summary>The bytes of a blob or a text of the present row, by the column's place, which begins with 0; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private int Bind(int place, string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > ShortText)
        {
            return sqlite3_bind_text(_statement, place, text);
        }

        Span<byte> bytes = stackalloc byte[ShortText];
        return sqlite3_bind_text(_statement, place, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private int Bind(int place, DateTime time)
    {
        if (time.Ticks % TimeSpan.TicksPerSecond == 0)
        {
            Span<byte> text = stackalloc byte[LongestTime];
            return sqlite3_bind_text(_statement, place, text[..(Format(time, text, WholeSeconds) - 1)]);
        }

        if (time != _lastExact.Time)
        {
            _lastExact = (time, Format(time, _lastText, TimeFormat));
        }

        return sqlite3_bind_text(_statement, place, _lastText.AsSpan(0, _lastExact.Length));
    }

    private static int Format(DateTime time, Span<byte> text, string format) =>
        time.TryFormat(text, out var length, format, CultureInfo.InvariantCulture) ? length : throw new InvalidOperationException("A time does not fit.");

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
