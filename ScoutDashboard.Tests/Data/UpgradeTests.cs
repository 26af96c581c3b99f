using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Data;

/// <summary>A database of every schema that there ever was is brought to the newest and keeps what was in it.</summary>
public sealed class UpgradeTests
{
    // Columns that a migration took away on purpose, and those that it gave another name.
    private static readonly string[] Dropped = ["AffectedPackages.Id"];
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal) { ["Feeds.Ecosystem"] = "Key", ["Feeds.ETag"] = "Position" };

    public static TheoryData<string> Schemas => [.. DataServices.Migrations];

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task ADatabaseOfThisSchemaKeepsAllItsData(string migration)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:;Foreign Keys=True");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync(migration);
        var tables = await RowsAsync(connection, "SELECT name AS name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__EF%'");
        // Rows that point at each other come in any order here.
        await ExecuteAsync(connection, "PRAGMA foreign_keys = OFF");
        foreach (var table in tables.Select(row => row["name"]))
        {
            await FillAsync(connection, table);
        }

        await ExecuteAsync(connection, "PRAGMA foreign_keys = ON");
        Assert.Empty(await RowsAsync(connection, "PRAGMA foreign_key_check"));
        var before = await ContentAsync(connection, tables.Select(row => row["name"]));

        await db.Database.MigrateAsync();

        Assert.Empty(await RowsAsync(connection, "PRAGMA foreign_key_check"));
        Assert.Equal("ok", Assert.Single(await RowsAsync(connection, "PRAGMA integrity_check")).Values.Single());
        var after = await ContentAsync(connection, before.Keys);
        foreach (var (table, rows) in before)
        {
            Assert.True(rows.Count == after[table].Count, $"{table} had {rows.Count} rows and has {after[table].Count}");
            foreach (var (old, current) in rows.Zip(after[table]))
            {
                foreach (var (column, value) in old.Where(pair => !Dropped.Contains($"{table}.{pair.Key}")))
                {
                    var now = current.GetValueOrDefault(Renamed.GetValueOrDefault($"{table}.{column}", column));
                    Assert.True(now == value, $"{table}.{column} was {value} and is {now}");
                }
            }
        }
    }

    [Fact]
    public async Task ADatabaseOfANewerVersionIsRefusedAndUntouched()
    {
        var folder = Directory.CreateTempSubdirectory("scout-newer-");
        var path = Path.Combine(folder.FullName, "scout.db");
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
            await db.GetService<IMigrator>().MigrateAsync(DataServices.Migrations[^2]);
            await ExecuteAsync(connection, "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_OfTheFuture', '99.0')");
        }

        var before = await File.ReadAllBytesAsync(path);
        var run = await ShellRun.RunAsync(folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = folder.FullName, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" });

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("newer version of ScoutDashboard (99990101000000_OfTheFuture", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
        folder.Delete(recursive: true);
    }

    // One row, whose values follow from the columns' names and types; what points at another row points at its only one.
    private static async Task FillAsync(SqliteConnection connection, string table)
    {
        // Some migrations bring a row themselves.
        if ((await RowsAsync(connection, $"SELECT 1 AS one FROM \"{table}\" LIMIT 1")).Count > 0)
        {
            return;
        }

        var pointers = (await RowsAsync(connection, $"PRAGMA foreign_key_list(\"{table}\")")).Select(row => row["from"]).ToHashSet(StringComparer.Ordinal);
        var columns = await RowsAsync(connection, $"PRAGMA table_info(\"{table}\")");
        var values = columns.Select(column => ValueOf(table, column["name"], column["type"], pointers.Contains(column["name"]), column["pk"] != "0"));
        await ExecuteAsync(connection, $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column["name"]}\""))}) VALUES ({string.Join(", ", values)})");
    }

    private static string ValueOf(string table, string column, string type, bool isPointer, bool isKey) => (table, column) switch
    {
        _ when isPointer || (isKey && column is "Id") => type == "TEXT" ? "'1'" : "1",
        (_, "Status") => "'Ready'",
        ("Findings", "Verdict") => "'Affected'",
        ("Findings", "FixState") => "'NoFix'",
        (_, "State") => "'Failed'",
        _ when type == "INTEGER" => "1",
        _ when type == "REAL" => "1.5",
        _ when type == "BLOB" => "x'28B52FFD00'",
        _ when column.EndsWith("At", StringComparison.Ordinal) || column is "Day" or "Date" => "'2026-01-02 03:04:05'",
        _ => $"'{table}.{column}'",
    };

    private static async Task<Dictionary<string, List<Dictionary<string, string>>>> ContentAsync(SqliteConnection connection, IEnumerable<string> tables)
    {
        var content = new Dictionary<string, List<Dictionary<string, string>>>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            content[table] = await RowsAsync(connection, $"SELECT * FROM \"{table}\" ORDER BY 1");
        }

        return content;
    }

    private static async Task<List<Dictionary<string, string>>> RowsAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, string>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!, StringComparer.Ordinal));
        }

        return rows;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
