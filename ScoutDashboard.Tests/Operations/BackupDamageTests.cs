using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Tests.Operations;

/// <summary>A file that is damaged, or made by somebody who means no good, is refused in words and changes nothing.</summary>
public sealed class BackupDamageTests : IDisposable
{
    private readonly BackupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task ABackupThatEndsTooEarlyAnywhereIsRefused()
    {
        var good = await _rig.BackUpAsync(await _rig.AddFolderAsync("old"));
        var target = await _rig.AddFolderAsync("new");
        // The manifest's header and text, the start and the rest of the database, the key, the end.
        foreach (var length in new[] { 0, 1, 511, 512, 600, 1024, 1536, 2048, good.Length / 2, good.Length - 2048, good.Length - 1024 })
        {
            await RefuseAsync(target, good[..length]);
        }
    }

    [Fact]
    public async Task NoByteOfDatabaseOrKeyCanBeAnother()
    {
        var good = await _rig.BackUpAsync(await _rig.AddFolderAsync("old"));
        var target = await _rig.AddFolderAsync("new");
        var database = good.AsSpan().IndexOf("SQLite format 3"u8);
        var key = good.AsSpan().LastIndexOf("<key>"u8);
        foreach (var place in new[] { database + 20, database + 4000, (database + key) / 2, key + 5 })
        {
            var bad = good.ToArray();
            bad[place] ^= 1;
            Assert.Contains("damaged", await RefuseAsync(target, bad), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task NoMutationOfABackupDoesMoreThanItsWordsOrLeavesTheFolderHalf()
    {
        var good = await _rig.BackUpAsync(await _rig.AddFolderAsync("old"));
        var target = await _rig.AddFolderAsync("new");
        var random = new Random(1);
        for (var round = 0; round < 60; round++)
        {
            // The headers and the manifest; the digests hold the rest.
            var bad = good.ToArray();
            bad[random.Next(3072)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(_rig.BackupPath, bad);
            try
            {
                await _rig.RestoreAsync(target);
                Assert.Equal("old <key>old</key>", await BackupRig.ContentAsync(target));
            }
            catch (BackupException)
            {
                Assert.Matches("^(old|new) <key>(old|new)</key>$", await BackupRig.ContentAsync(target));
            }
        }
    }

    public static TheoryData<string, string> Tricks => new()
    {
        { "keys/../../evil.xml", "can't be" },
        { "/etc/evil.xml", "can't be" },
        { "keys/key-1/../../../evil.xml", "can't be" },
        { "keys\\key-00000000.xml", "can't be" },
        { "keys/appsettings.json", "can't be" },
        { "scout.db", "can't be" },
        { "lock", "can't be" },
    };

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task ANameThatNoBackupHasIsRefused(string name, string expected) =>
        Assert.Contains(expected, await RefuseAsync(await _rig.AddFolderAsync("new"), await PackAsync([("scout.db", await DatabaseAsync()), (name, [1])])), StringComparison.Ordinal);

    [Fact]
    public async Task AnEntryThatTheManifestDoesNotNameIsRefused()
    {
        var database = await DatabaseAsync();
        var target = await _rig.AddFolderAsync("new");

        Assert.Contains("more than it says", await RefuseAsync(target, await PackAsync([("scout.db", database)], more: ("keys/key-00000000.xml", TarEntryType.RegularFile))), StringComparison.Ordinal);
        Assert.Contains("header", await RefuseAsync(target, await PackAsync([("scout.db", database)], more: ("keys", TarEntryType.SymbolicLink))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASizeThatNoDiskHasIsRefusedBeforeAnythingIsWritten()
    {
        var manifest = new BackupManifest(1, "1.0", "x", BackupRig.Now, [], [new BackupEntry("scout.db", 1L << 49, new string('0', 64))]);

        Assert.Contains("are free for the data folder", await RefuseAsync(await _rig.AddFolderAsync("new"), await PackAsync([], manifest: JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "can't be read")]
    [InlineData("{}", "can't be read")]
    [InlineData("[[[[[[[[[[[[", "can't be read")]
    [InlineData("""{"format":2,"version":"9","schema":"x","createdAt":"2026-01-01","keyNames":[],"files":[]}""", "format is 2")]
    [InlineData("""{"format":1,"version":"9","schema":"x","createdAt":"2026-01-01","keyNames":[],"files":[null]}""", "can't be")]
    [InlineData("""{"format":1,"version":"9","schema":"x","createdAt":"2026-01-01","keyNames":[],"files":[{"name":"scout.db","bytes":-1,"sha256":null}]}""", "can't be")]
    public async Task AManifestThatIsNoneIsRefused(string manifest, string expected) =>
        Assert.Contains(expected, await RefuseAsync(await _rig.AddFolderAsync("new"), await PackAsync([], manifest: Encoding.UTF8.GetBytes(manifest))), StringComparison.Ordinal);

    [Fact]
    public async Task AFileThatIsNoDatabaseOrNoneOfOursIsRefused()
    {
        var target = await _rig.AddFolderAsync("new");
        Assert.Contains("The back-up's database is damaged", await RefuseAsync(target, await PackAsync([("scout.db", RandomNumberGenerator.GetBytes(8192))])), StringComparison.Ordinal);

        Assert.Contains("none of ScoutDashboard's", await RefuseAsync(target, await PackAsync([("scout.db", await DatabaseAsync("DROP TABLE __EFMigrationsHistory"))])), StringComparison.Ordinal);
        Assert.Contains("none of ScoutDashboard's", await RefuseAsync(target, await PackAsync([("scout.db", await DatabaseAsync("DELETE FROM __EFMigrationsHistory"))])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TRIGGER evil AFTER INSERT ON Organizations BEGIN DELETE FROM AspNetUsers; END")]
    [InlineData("CREATE VIEW evil AS SELECT 1")]
    public async Task ADatabaseThatBringsCodeIsRefused(string code) =>
        Assert.Contains("triggers or views", await RefuseAsync(await _rig.AddFolderAsync("new"), await PackAsync([("scout.db", await DatabaseAsync(code))])), StringComparison.Ordinal);

    private async Task<string> RefuseAsync(string target, byte[] backup)
    {
        await File.WriteAllBytesAsync(_rig.BackupPath, backup);
        var before = await BackupRig.ContentAsync(target);

        var refusal = await Assert.ThrowsAsync<BackupException>(() => _rig.RestoreAsync(target));

        Assert.Equal(before, await BackupRig.ContentAsync(target));
        return refusal.Message;
    }

    private async Task<byte[]> DatabaseAsync(string? change = null)
    {
        var path = Path.Combine(await _rig.AddFolderAsync($"{Guid.NewGuid():n}"), "scout.db");
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = change ?? "SELECT 1";
            await command.ExecuteNonQueryAsync();
        }

        return await File.ReadAllBytesAsync(path);
    }

    // A back-up that is right but for what is told.
    private static async Task<byte[]> PackAsync((string Name, byte[] Content)[] files, byte[]? manifest = null, (string Name, TarEntryType Type)? more = null)
    {
        manifest ??= JsonSerializer.SerializeToUtf8Bytes(
            new BackupManifest(1, "1.0", "x", BackupRig.Now, [], [.. files.Select(file => new BackupEntry(file.Name, file.Content.Length, Convert.ToHexStringLower(SHA256.HashData(file.Content))))]), JsonSerializerOptions.Web);
        using var stream = new MemoryStream();
        await using (var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, content) in files.Prepend(("backup.json", manifest)))
            {
                await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }

            if (more is { } entry)
            {
                var added = new GnuTarEntry(entry.Type, entry.Name);
                if (entry.Type == TarEntryType.SymbolicLink)
                {
                    added.LinkName = "/etc";
                }

                await tar.WriteEntryAsync(added);
            }
        }

        return stream.ToArray();
    }
}
