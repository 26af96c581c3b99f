using Microsoft.Data.Sqlite;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>Looks at a database's file that may be damaged, or made by somebody who means no good.</summary>
internal static class BackupDatabase
{
    // What the dashboard itself makes (DataServices); any other trigger or view would run with its rights.
    private static readonly string[] OwnTriggers = ["AuditEntries_NoDelete", "AuditEntries_NoReplace", "AuditEntries_NoUpdate"];

    /// <summary>Refuses what is damaged, no database of ours, made by a newer version, or holds code.</summary>
    /// <exception cref="BackupException">It can't be used; the message says why.</exception>
    public static void Check(string path, string version)
    {
        using var connection = Open(path);
        CheckIntegrity(connection, "The back-up's database is damaged");
        var unknown = Migrations(connection).Except(DataServices.Migrations, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new BackupException($"The back-up was made by a newer version ({DisplayText.Sanitise(version, 50)}; this is {ProgramVersion.Text}): its database has {unknown.Count} changes that are not known here, the first is "
                + $"{DisplayText.Sanitise(unknown[0], 100)}. Restore it with that version or a newer one.");
        }

        if (Query(connection, "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')").Except(OwnTriggers, StringComparer.Ordinal).Any())
        {
            throw new BackupException("The back-up's database holds triggers or views that the dashboard did not make.");
        }
    }

    /// <summary>The migrations that a database has, oldest first; at least one.</summary>
    public static IReadOnlyList<string> Migrations(string path)
    {
        using var connection = Open(path);
        return Migrations(connection);
    }

    /// <summary>The registries whose token the database holds.</summary>
    public static IReadOnlyList<string> Registries(string path)
    {
        using var connection = Open(path);
        return Query(connection, "SELECT Hostname FROM Integrations WHERE ProtectedToken IS NOT NULL ORDER BY Hostname LIMIT 1000");
    }

    /// <summary>Takes out what signs somebody in without a password: it may have been ended since, for a reason.</summary>
    public static void EndSessions(string path)
    {
        using var connection = Open(path, SqliteOpenMode.ReadWrite);
        foreach (var table in Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('AzureConsents', 'Sessions', 'Invitations')"))
        {
            Execute(connection, $"DELETE FROM \"{table}\"");
        }
    }

    /// <exception cref="BackupException">SQLite finds the file damaged, or no database at all.</exception>
    public static void CheckIntegrity(SqliteConnection connection, string what)
    {
        try
        {
            if (Query(connection, "PRAGMA integrity_check(1)") is not ["ok"])
            {
                throw new BackupException($"{what}: SQLite's integrity check failed.");
            }
        }
        catch (SqliteException exception)
        {
            throw new BackupException($"{what}: {exception.Message}", exception);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<string> Migrations(SqliteConnection connection)
    {
        try
        {
            return Query(connection, "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId LIMIT 10000") is { Count: > 0 } some ? some : throw new BackupException("The database is none of ScoutDashboard's.");
        }
        catch (SqliteException exception)
        {
            throw new BackupException("The database is none of ScoutDashboard's.", exception);
        }
    }

    private static List<string> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode = SqliteOpenMode.ReadOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // Functions in a schema that somebody else wrote are not called.
            Execute(connection, "PRAGMA trusted_schema = OFF");
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new BackupException($"The database can't be opened: {exception.Message}", exception);
        }
    }
}
