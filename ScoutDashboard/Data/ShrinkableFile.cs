using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>
/// Has SQLite's file such that free pages can be taken from its end while it is used (auto_vacuum, SQLite's documentation). A file gets that when it is new; one of an
/// earlier version is rewritten once, at a start, when nobody waits for it yet. Where that can't be, it works as before and is tried at the next start.
/// </summary>
internal static class ShrinkableFile
{
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
            if (FreeBytes(db) is { } free && free < size.Bytes * RoomFactor)
            {
                logger.LogWarning("The database can't give space back yet: rewriting it once needs {Needed} bytes, and {Free} are free.", (long)(size.Bytes * RoomFactor), free);
                return;
            }

            logger.LogInformation("The database of {Bytes} bytes is rewritten once, so that it can give space back.", size.Bytes);
            await db.Database.ExecuteSqlRawAsync("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;", cancellationToken);
            await db.EmptyLogAsync(cancellationToken);
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

    private static async Task<string> ModeAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA auto_vacuum";
        return Convert.ToString(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) ?? "";
    }

    private static long? FreeBytes(ScoutDb db)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(db.Database.GetDbConnection().DataSource))!;
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
