using System.Runtime.Versioning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

[UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task WhatHoldsSecretsIsClosedInAFolderThatWasThereAndOpenToAll()
    {
        await using var app = new ScoutApp();
        var folder = Directory.CreateDirectory(app.DataDirectory);
        var keys = folder.CreateSubdirectory("keys");
        var old = Path.Combine(keys.FullName, "key-old.note");
        await File.WriteAllTextAsync(old, "");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "scout.db"), "");
        foreach (var path in new[] { folder.FullName, keys.FullName, old, Path.Combine(folder.FullName, "scout.db") })
        {
            File.SetUnixFileMode(path, ForAll);
        }

        await app.SetUpAsync();

        // The log is there as long as somebody has the database open.
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.Users.CountAsync());
        var all = folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
        Assert.Equal(["key", "key-old.note", "keys", "lock", "scout.db", "scout.db-shm", "scout.db-wal"],
            all.Select(entry => entry.Name.EndsWith(".xml", StringComparison.Ordinal) ? "key" : entry.Name).Order(StringComparer.Ordinal));
        Assert.Empty(all.Where(entry => (entry.UnixFileMode & Others) != 0).Select(entry => entry.Name));
        Assert.Equal(ForAll, folder.UnixFileMode);
    }

    [Fact]
    public void AFolderThatEverybodyMayChangeIsToldUnlessItsFilesStayTheirOwners()
    {
        var folder = Directory.CreateTempSubdirectory("scout-open-");
        File.SetUnixFileMode(folder.FullName, ForAll | UnixFileMode.OtherWrite);
        var told = ScoutPaths.MakePrivate(folder.FullName);
        File.SetUnixFileMode(folder.FullName, ForAll | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);

        Assert.Contains("can be changed by every user of this machine", Assert.Single(told), StringComparison.Ordinal);
        Assert.Empty(ScoutPaths.MakePrivate(folder.FullName));
        folder.Delete(recursive: true);
    }
}
