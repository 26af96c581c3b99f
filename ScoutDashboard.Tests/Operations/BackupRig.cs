using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Tests.Operations;

/// <summary>Data folders, each with a database that names its organization after the folder and a key, and a place for back-ups; all in one temporary folder.</summary>
public sealed class BackupRig : IDisposable
{
    public const string KeyName = "key-0f8fad5b-d9cb-469f-a165-70867728950e.xml";
    public static readonly DateTime Now = new(2026, 11, 28, 21, 0, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("scout-backup-");

    public string BackupPath => Path.Combine(_root.FullName, "scout.tar");

    public string FolderOf(string name) => Path.Combine(_root.FullName, name);

    /// <summary>A data folder whose database is at a migration, the newest unless named.</summary>
    public async Task<string> AddFolderAsync(string name, string? migration = null)
    {
        var folder = FolderOf(name);
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        await File.WriteAllTextAsync(Path.Combine(folder, "keys", KeyName), $"<key>{name}</key>");
        await using var db = Create(folder);
        await db.GetService<IMigrator>().MigrateAsync(migration);
        await db.Database.ExecuteSqlAsync($"INSERT INTO Organizations (Id, Name, CreatedAt) VALUES (1, {name}, '2026-01-01 00:00:00')");
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO Integrations (OrganizationId, Hostname, State, TokenName, SystemTopic, UsesExistingTopic, ProtectedToken, WebhookKeyHash, ProtectedWebhookKey, TemplateKeyHash, ProtectedTemplateKey, CreatedAt)
                VALUES (1, 'contoso.azurecr.io', 'Connected', 't', 's', 0, 'closed', x'01', '', x'02', '', '2026-01-01 00:00:00')
            """);
        return folder;
    }

    public async Task<byte[]> BackUpAsync(string folder, bool withKeys = true)
    {
        await BackupWriter.WriteAsync(folder, BackupPath, withKeys, Now, CancellationToken.None);
        return await File.ReadAllBytesAsync(BackupPath);
    }

    public Task<RestoreOutcome> RestoreAsync(string folder) => BackupRestore.RunAsync(BackupPath, new DataFolder(folder), CancellationToken.None);

    /// <summary>What a data folder holds: the name in its database, its key, and what else lies there.</summary>
    public static async Task<string> ContentAsync(string folder)
    {
        var database = Path.Combine(folder, "scout.db");
        var name = "no database";
        if (File.Exists(database))
        {
            await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT group_concat(Name) FROM (SELECT Name FROM Organizations ORDER BY Id)";
            name = $"{await command.ExecuteScalarAsync()}";
        }

        var key = Path.Combine(folder, "keys", KeyName);
        var others = new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(f => f.Name).Except(["scout.db", "keys"]).Order(StringComparer.Ordinal);
        return string.Join(' ', [name, File.Exists(key) ? await File.ReadAllTextAsync(key) : "no key", .. others]);
    }

    public static SqliteScoutDb Create(string folder) => new(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite($"Data Source={Path.Combine(folder, "scout.db")};Pooling=False").Options);

    public void Dispose() => _root.Delete(recursive: true);
}
