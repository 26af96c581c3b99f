namespace ScoutDashboard.Operations;

/// <summary>Where the application keeps what it must keep.</summary>
public static class ScoutPaths
{
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

    /// <summary>The database's file, whether or not it exists.</summary>
    public static string Database(IConfiguration configuration) => Path.Combine(Folder(configuration), "scout.db");

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
        catch (IOException exception)
        {
            throw new StartupException($"Another ScoutDashboard uses the data folder {dataDirectory}. Stop it, or set Scout__DataDirectory to another folder.", exception);
        }
    }

    private static string Folder(IConfiguration configuration) => Path.GetFullPath(configuration["Scout:DataDirectory"] is { } configured && !string.IsNullOrWhiteSpace(configured) ? configured
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ScoutDashboard"));
}
