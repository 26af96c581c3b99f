namespace ScoutDashboard;

/// <summary>Where the application keeps what it must keep.</summary>
public static class ScoutPaths
{
    /// <summary>The data folder, made if absent: <c>Scout:DataDirectory</c>, else under the user's local application data.</summary>
    public static string DataDirectory(IConfiguration configuration)
    {
        var configured = configuration["Scout:DataDirectory"];
        var folder = !string.IsNullOrWhiteSpace(configured) ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ScoutDashboard");
        return Directory.CreateDirectory(Path.GetFullPath(folder)).FullName;
    }
}
