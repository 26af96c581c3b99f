using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>
/// Has SQLite's file such that free pages can be taken from its end while it is used (auto_vacuum, SQLite's documentation). A file gets that when it is new; one of an
/// earlier version is rewritten once, at a start, when nobody waits for it yet. Where that can't be, it works as before and is tried at the next start; but not after
/// a start that was ended in the middle of it, or who ends starts that take long would never see another.
/// </summary>
internal static class ShrinkableFile
{
    /// <summary>Behind the name of the database: there while it is rewritten.</summary>
    public const string Begun = "-rewriting";

    private const string Incremental = "2";

    // The rewritten content lies in a temporary file and then in the log.
    private const double RoomFactor = 2.2;

    /// <summary>Before the first table is made; a file that has tables stays as it is.</summary>
    public static Task PrepareAsync(ScoutDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;", cancellationToken);

    /// <summary>Rewrites a file that can't shrink, where there is room.</summary>
    public static async Task ConvertAsync(ScoutDb db, ILogger logger, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            if (await ModeAsync(db, cancellationToken) == Incremental)
            {
                return;
            }

            var size = await db.SizeAsync(cancellationToken);
            var file = Path.GetFullPath(db.Database.GetDbConnection().DataSource);
            if (File.Exists(file + Begun))
            {
                logger.LogWarning("The database can't give space back: a start that rewrote it was ended in the middle. Nothing is lost; delete {File} before a start that may take its time.", file + Begun);
            }
            else if (FreeBytes(file) is { } free && free < size.Bytes * RoomFactor)
            {
                logger.LogWarning("The database can't give space back yet: rewriting it once needs {Needed} bytes, and {Free} are free.", (long)(size.Bytes * RoomFactor), free);
            }
            else
            {
                logger.LogInformation("The database of {Bytes} bytes is rewritten once, so that it can give space back.", size.Bytes);
                await RewriteAsync(db, file, cancellationToken);
            }
        }
        catch (SqliteException exception)
        {
            logger.LogWarning(exception, "The database could not be rewritten, so it can't give space back; the next start tries again.");
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task RewriteAsync(ScoutDb db, string file, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(file + Begun, "", cancellationToken);
        try
        {
            // SQLite's temporary files lie in the system's folder for them, which in a container is memory.
            await RunAsync(db, $"PRAGMA temp_store_directory = '{Path.GetDirectoryName(file)!.Replace("'", "''", StringComparison.Ordinal)}'", cancellationToken);
            await RunAsync(db, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM;", cancellationToken);
            await db.EmptyLogAsync(cancellationToken);
        }
        finally
        {
            await RunAsync(db, "PRAGMA temp_store_directory = ''", CancellationToken.None);
            File.Delete(file + Begun);
        }
    }

    private static async Task<string> ModeAsync(ScoutDb db, CancellationToken cancellationToken) =>
        Convert.ToString(await RunAsync(db, "PRAGMA auto_vacuum", cancellationToken), CultureInfo.InvariantCulture) ?? "";

    private static async Task<object?> RunAsync(ScoutDb db, string sql, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The folder's name is all that comes from elsewhere, and quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static long? FreeBytes(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file)!;
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
