namespace ScoutDashboard.Operations;

/// <summary>
/// Puts what was unpacked in the place of what was there, so that a process that dies in the middle leaves either: until the end the old files lie aside, and
/// the next start brings them back.
/// </summary>
public static class RestoreSwap
{
    private const string New = "restore-new";
    private const string Old = "restore-old";
    private const string Done = "restore-done";

    // Lies in the old folder once all of it is there: names what may have been put in its place.
    private const string Moved = "moved";

    // The log belongs to its database: one beside another database would be written into it.
    private static readonly string[] DatabaseFiles = ["scout.db", "scout.db-wal", "scout.db-shm"];

    /// <summary>The folder to unpack to, new and empty.</summary>
    public static string Prepare(string dataFolder)
    {
        var folder = Path.Combine(dataFolder, New);
        Delete(folder);
        ScoutPaths.CreateOwnFolder(folder);
        return folder;
    }

    /// <summary>Puts what lies in the prepared folder in its place.</summary>
    /// <exception cref="IOException">It could not; all is as it was.</exception>
    public static void Run(string dataFolder)
    {
        try
        {
            var (fresh, old) = (Path.Combine(dataFolder, New), Path.Combine(dataFolder, Old));
            string[] names = Directory.Exists(Path.Combine(fresh, BackupManifest.KeyFolder)) ? [.. DatabaseFiles, BackupManifest.KeyFolder] : DatabaseFiles;
            ScoutPaths.CreateOwnFolder(old);
            Move(names, dataFolder, old);
            File.WriteAllLines(Path.Combine(old, Moved), names);
            Move(names, fresh, dataFolder);
            // From here on the new files are the ones that count.
            Directory.Move(old, Path.Combine(dataFolder, Done));
            Recover(dataFolder);
        }
        catch
        {
            Recover(dataFolder);
            throw;
        }
    }

    /// <summary>Brings back what a restore moved aside that did not come to its end, and removes what it left. The data folder must be claimed.</summary>
    /// <returns>Whether anything was brought back.</returns>
    public static bool Recover(string dataFolder)
    {
        var old = Path.Combine(dataFolder, Old);
        var isBroken = Directory.Exists(old);
        if (isBroken)
        {
            var moved = Path.Combine(old, Moved);
            if (File.Exists(moved))
            {
                foreach (var name in File.ReadAllLines(moved).Intersect([.. DatabaseFiles, BackupManifest.KeyFolder], StringComparer.Ordinal))
                {
                    Delete(Path.Combine(dataFolder, name));
                }

                // Removed before anything comes back: who dies here must not delete that the next time.
                File.Delete(moved);
            }

            Move([.. DatabaseFiles, BackupManifest.KeyFolder], old, dataFolder);
        }

        foreach (var left in new[] { New, Old, Done })
        {
            Delete(Path.Combine(dataFolder, left));
        }

        return isBroken;
    }

    private static void Move(string[] names, string from, string to)
    {
        foreach (var name in names)
        {
            var (source, target) = (Path.Combine(from, name), Path.Combine(to, name));
            if (Directory.Exists(source))
            {
                Directory.Move(source, target);
            }
            else if (File.Exists(source))
            {
                File.Move(source, target);
            }
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
