using System.CommandLine;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Cli;

/// <summary><c>backup FILE</c> and <c>restore FILE</c>: the data folder in one file.</summary>
internal static class BackupCommand
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "The back-up, a tar file" };
    private static readonly Option<bool> WithoutKeys = new("--without-keys") { Description = "Leave out the keys that open the registry tokens; after a restore elsewhere these must be entered again" };

    public static Command CreateBackup()
    {
        var command = new Command("backup", "Copies database and keys into one file, also while the dashboard runs.") { File, WithoutKeys };
        command.SetAction((arguments, cancellationToken) => GuardAsync(() => BackUpAsync(arguments.GetRequiredValue(File).FullName, !arguments.GetValue(WithoutKeys), cancellationToken)));
        return command;
    }

    public static Command CreateRestore()
    {
        var command = new Command("restore", "Puts a back-up in the place of the data folder's content. The dashboard must be stopped; nothing is changed unless all of the back-up is good.") { File };
        command.SetAction((arguments, cancellationToken) => GuardAsync(() => RestoreAsync(arguments.GetRequiredValue(File).FullName, cancellationToken)));
        return command;
    }

    private static async Task BackUpAsync(string file, bool withKeys, CancellationToken cancellationToken)
    {
        var now = DateTime.UtcNow;
        var database = ScoutPaths.Database(VerbConfiguration.Read());
        var manifest = await BackupWriter.WriteAsync(Path.GetDirectoryName(database)!, file, withKeys, now, cancellationToken);
        Console.WriteLine($"{DisplayText.Sanitise(file)}: {ByteText.Of(new FileInfo(file).Length)}, {(manifest.HasKeys ? "with the keys: whoever has it can read the registry tokens" : "without keys")}");
        await NoteAsync(database, AuditAction.BackedUp, file, manifest.HasKeys ? "With keys" : "Without keys", now, cancellationToken);
    }

    private static async Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        var configuration = VerbConfiguration.Read();
        var folder = new DataFolder(ScoutPaths.DataDirectory(configuration));
        using var claim = ScoutPaths.Claim(folder.Path);
        var outcome = await BackupRestore.RunAsync(file, folder, cancellationToken);
        Console.WriteLine($"The back-up of {outcome.Manifest.CreatedAt:yyyy-MM-dd HH:mm} UTC is in place in {DisplayText.Sanitise(folder.Path)}. Members, passwords and API keys are those of that day; everybody has to sign in again, and invitations are void.");
        if (outcome.RegistriesWithoutToken.Count > 0)
        {
            Console.WriteLine($"It came without keys: enter the tokens again of {DisplayText.Sanitise(string.Join(", ", outcome.RegistriesWithoutToken), 2000)}.");
        }

        await NoteAsync(ScoutPaths.Database(configuration), AuditAction.Restored, file, $"Of {outcome.Manifest.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC", DateTime.UtcNow, cancellationToken);
    }

    // What was done is done, noted or not.
    private static async Task NoteAsync(string database, AuditAction action, string file, string detail, DateTime now, CancellationToken cancellationToken)
    {
        try
        {
            if (!await BackupNote.WriteAsync(database, action, file, detail, now, cancellationToken))
            {
                await Console.Error.WriteLineAsync("Not noted in the audit log: the database has another version's schema.");
            }
        }
        catch (Exception exception) when (exception is SqliteException or DbUpdateException)
        {
            await Console.Error.WriteLineAsync($"Not noted in the audit log: {DisplayText.Sanitise(exception.InnerException?.Message ?? exception.Message)}");
        }
    }

    private static async Task<int> GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
            return ExitCode.Good;
        }
        catch (Exception exception) when (exception is BackupException or StartupException or IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync(DisplayText.Sanitise(exception.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped. Nothing was changed.");
            return ExitCode.Stopped;
        }
    }
}
