using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>Copies the database, also while a dashboard uses it, and the data protection keys into one tar file that only its owner can read.</summary>
public static class BackupWriter
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="dataFolder">The folder to back up.</param>
    /// <param name="file">Written whole or not at all; one that is there is replaced.</param>
    /// <param name="withKeys">Whether the file opens the secrets in it.</param>
    /// <param name="now">UTC.</param>
    /// <param name="cancellationToken">Ends the call; the file is as it was.</param>
    /// <exception cref="BackupException">There is nothing to back up, or it is damaged, or the file can't be written there.</exception>
    public static async Task<BackupManifest> WriteAsync(string dataFolder, string file, bool withKeys, DateTime now, CancellationToken cancellationToken)
    {
        var database = Path.Combine(dataFolder, BackupManifest.Database);
        if (!File.Exists(database))
        {
            throw new BackupException($"There is no database {database}.");
        }

        var target = Path.GetFullPath(file);
        if (Directory.Exists(target) || !Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new BackupException($"{target} can't be written: {(Directory.Exists(target) ? "it is a folder" : "its folder does not exist")}.");
        }

        // Beside the target, since only within one file system is moving one step.
        var (copy, temporary) = ($"{target}.{Guid.NewGuid():n}.db.tmp", $"{target}.{Guid.NewGuid():n}.tmp");
        try
        {
            CopyDatabase(database, copy);
            var keys = KeysOf(dataFolder);
            var manifest = await DescribeAsync(copy, keys, withKeys, now, cancellationToken);
            await PackAsync(temporary, manifest, dataFolder, copy, cancellationToken);
            File.Move(temporary, target, overwrite: true);
            return manifest;
        }
        finally
        {
            foreach (var left in new[] { copy, $"{copy}-journal", $"{copy}-wal", $"{copy}-shm", temporary })
            {
                File.Delete(left);
            }
        }
    }

    // SQLite's online back-up: one reader's view, while writers go on.
    private static void CopyDatabase(string database, string copy)
    {
        // Made first, so that nobody else can read it for a moment.
        Create(copy).Dispose();
        using var source = Open(database, SqliteOpenMode.ReadOnly);
        using var target = Open(copy, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        // One file without a log beside it.
        BackupDatabase.Execute(target, "PRAGMA journal_mode = DELETE");
        BackupDatabase.CheckIntegrity(target, "The database is damaged, so there is no back-up of it");
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    private static List<FileInfo> KeysOf(string dataFolder)
    {
        var folder = new DirectoryInfo(Path.Combine(dataFolder, BackupManifest.KeyFolder));
        return folder.Exists ? [.. folder.EnumerateFiles().Where(key => BackupManifest.IsKeyName(key.Name)).OrderBy(key => key.Name, StringComparer.Ordinal).Take(BackupManifest.MaxKeys)] : [];
    }

    private static async Task<BackupManifest> DescribeAsync(string copy, List<FileInfo> keys, bool withKeys, DateTime now, CancellationToken cancellationToken)
    {
        var files = new List<BackupEntry> { await EntryAsync(BackupManifest.Database, copy, cancellationToken) };
        foreach (var key in withKeys ? keys : [])
        {
            files.Add(await EntryAsync($"{BackupManifest.KeyFolder}/{key.Name}", key.FullName, cancellationToken));
        }

        return new BackupManifest(BackupManifest.CurrentFormat, ProgramVersion.Text, BackupDatabase.Migrations(copy)[^1], now, [.. keys.Select(key => key.Name)], files);
    }

    private static async Task<BackupEntry> EntryAsync(string name, string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return new BackupEntry(name, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)));
    }

    private static async Task PackAsync(string path, BackupManifest manifest, string dataFolder, string copy, CancellationToken cancellationToken)
    {
        await using var stream = Create(path);
        // GNU's form tells sizes over 8 GiB in the header itself.
        await using (var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true))
        {
            await WriteAsync(tar, BackupManifest.Name, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web)), manifest.CreatedAt, cancellationToken);
            foreach (var file in manifest.Files)
            {
                await using var content = File.OpenRead(file.Name == BackupManifest.Database ? copy : Path.Combine(dataFolder, file.Name));
                await WriteAsync(tar, file.Name, content, manifest.CreatedAt, cancellationToken);
            }
        }

        stream.Flush(flushToDisk: true);
    }

    private static Task WriteAsync(TarWriter tar, string name, Stream content, DateTime now, CancellationToken cancellationToken) =>
        tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly, ModificationTime = now }, cancellationToken);

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
