namespace ScoutDashboard.Operations;

/// <summary>The folder that holds the database and the data protection keys.</summary>
public sealed record DataFolder(string Path)
{
    /// <summary>Bytes that this user can still write there.</summary>
    /// <exception cref="IOException">The file system does not answer.</exception>
    public long FreeBytes => new DriveInfo(OperatingSystem.IsWindows() ? System.IO.Path.GetPathRoot(Path)! : Path).AvailableFreeSpace;
}
