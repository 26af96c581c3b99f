using ScoutDashboard.Operations;

namespace ScoutDashboard.Tests.Operations;

/// <summary>Wherever a restore dies, the next start finds all of the old files or all of the new ones.</summary>
public sealed class RestoreSwapTests : IDisposable
{
    private static readonly string[] Files = ["scout.db", "scout.db-wal", "keys"];
    private readonly string _folder = Directory.CreateTempSubdirectory("scout-swap-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(1, false, 0)]
    [InlineData(3, false, 0)]
    [InlineData(3, true, 0)]
    [InlineData(3, true, 1)]
    [InlineData(3, true, 2)]
    public void ARestoreThatDiedInTheMiddleIsTakenBack(int movedAside, bool marked, int placed)
    {
        // As the restore does it, step by step.
        Fill(_folder, Files, "old");
        Fill(Path.Combine(_folder, "restore-new"), ["scout.db", "keys"], "new");
        var aside = Directory.CreateDirectory(Path.Combine(_folder, "restore-old")).FullName;
        foreach (var name in Files.Take(movedAside))
        {
            Directory.Move(Path.Combine(_folder, name), Path.Combine(aside, name));
        }

        if (marked)
        {
            File.WriteAllLines(Path.Combine(aside, "moved"), ["scout.db", "scout.db-wal", "scout.db-shm", "keys"]);
        }

        foreach (var name in new[] { "scout.db", "keys" }.Take(placed))
        {
            Directory.Move(Path.Combine(_folder, "restore-new", name), Path.Combine(_folder, name));
        }

        Assert.True(RestoreSwap.Recover(_folder));

        Assert.Equal(["keys=old", "scout.db-wal=old", "scout.db=old"], Content());
        Assert.False(RestoreSwap.Recover(_folder));
    }

    [Fact]
    public void ARestoreThatDiedWhileItTidiedUpIsDone()
    {
        Fill(_folder, ["scout.db", "keys"], "new");
        Fill(Path.Combine(_folder, "restore-done"), Files, "old");

        Assert.False(RestoreSwap.Recover(_folder));

        Assert.Equal(["keys=new", "scout.db=new"], Content());
    }

    [Fact]
    public void KeysThatTheBackupDoesNotBringStay()
    {
        Fill(_folder, Files, "old");
        Fill(RestoreSwap.Prepare(_folder), ["scout.db"], "new");

        RestoreSwap.Run(_folder);

        Assert.Equal(["keys=old", "scout.db=new"], Content());
    }

    private static void Fill(string folder, IEnumerable<string> names, string text)
    {
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name == "keys" ? "keys/key.xml" : name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    private IEnumerable<string> Content() => new DirectoryInfo(_folder).EnumerateFileSystemInfos()
        .Select(f => $"{f.Name}={File.ReadAllText(f is DirectoryInfo ? Path.Combine(f.FullName, "key.xml") : f.FullName)}").Order(StringComparer.Ordinal);
}
