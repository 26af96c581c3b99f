namespace ScoutDashboard.Operations;

/// <summary>Where the application keeps what it must keep.</summary>
public static class ScoutPaths
{
    private const string DatabaseName = "scout.db";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The data folder, made if absent and then readable by its owner only: <c>Scout:DataDirectory</c>, else under the user's local application data.</summary>
    /// <exception cref="StartupException">The folder can't be made or written.</exception>
    public static string DataDirectory(IConfiguration configuration)
    {
        var folder = Folder(configuration);
        try
        {
            return CreateOwnFolder(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {folder} can't be made. Set Scout__DataDirectory to a folder that this user can write.", exception);
        }
    }

    /// <summary>Makes a folder, if absent, that its owner only can read.</summary>
    internal static string CreateOwnFolder(string folder) => OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder).FullName : Directory.CreateDirectory(folder, OwnerOnly).FullName;

    /// <summary>
    /// Closes to others, on Unix, what holds secrets in a data folder that was there before, whoever may enter it: database, keys and the lock. The folder itself stays as its owner
    /// made it: it may be a volume's, or hold more than ours.
    /// </summary>
    /// <returns>What could not be closed, each as a sentence.</returns>
    public static IReadOnlyList<string> MakePrivate(string dataDirectory)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var database = Path.Combine(dataDirectory, DatabaseName);
        // What SQLite puts beside a database has its mode.
        new FileStream(database, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly & ~UnixFileMode.UserExecute }).Dispose();
        var keys = CreateOwnFolder(Path.Combine(dataDirectory, "keys"));
        string[] all = [.. Directory.EnumerateFiles(dataDirectory, $"{DatabaseName}*"), Path.Combine(dataDirectory, "lock"), keys, .. Directory.EnumerateFiles(keys)];
        return [.. all.Where(path => File.Exists(path) || Directory.Exists(path)).Where(path => !TryClose(path)).Select(path => $"{path} is another user's and can be read by others. Make it this user's, or take that right away."),
            .. (File.GetUnixFileMode(dataDirectory) & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite ? new[] { $"{dataDirectory} can be changed by every user of this machine, who could put another database there. Take that right away." } : []];
    }

    private static bool TryClose(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        var mode = File.GetUnixFileMode(path);
        try
        {
            if ((mode & ~OwnerOnly) != 0)
            {
                File.SetUnixFileMode(path, mode & OwnerOnly);
            }

            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The database's file, whether or not it exists.</summary>
    public static string Database(IConfiguration configuration) => Path.Combine(Folder(configuration), DatabaseName);

    /// <summary>Claims the data folder for this process until disposed; the system lets go when the process dies, however it dies.</summary>
    /// <exception cref="StartupException">Another process has it, or it can't be written.</exception>
    public static FileStream Claim(string dataDirectory)
    {
        try
        {
            return new FileStream(Path.Combine(dataDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartupException($"The data folder {dataDirectory} can't be written by this user. Set Scout__DataDirectory to another folder, or change its owner.", exception);
        }
        catch (IOException exception) when (!IsHeld(exception))
        {
            throw new StartupException($"The data folder {dataDirectory} can't be written: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new StartupException($"Another ScoutDashboard uses the data folder {dataDirectory}. Stop it, or set Scout__DataDirectory to another folder.", exception);
        }
    }

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION: not a disk that is full or read-only.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Folder(IConfiguration configuration) => Path.GetFullPath(configuration["Scout:DataDirectory"] is { } configured && !string.IsNullOrWhiteSpace(configured) ? configured
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ScoutDashboard"));
}
