namespace ScoutDashboard.Tests.Support;

/// <summary>The large test data that lies outside the repository: a folder <c>shared</c> beside the checkout, or the one that SCOUT_SHARED names.</summary>
public static class SharedData
{
    /// <summary>The folder, or null where it isn't here.</summary>
    public static readonly string? Folder = Find();

    /// <summary>A file of it by its parts; only in tests that are <see cref="SharedFactAttribute"/> or <see cref="SharedTheoryAttribute"/>.</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Folder ?? throw new InvalidOperationException("The shared test data is not here."), .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("SCOUT_SHARED") is { Length: > 0 } named)
        {
            return File.Exists(Path.Combine(named, "README.md")) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared");
            if (File.Exists(Path.Combine(candidate, "README.md")))
            {
                return candidate;
            }
        }

        return null;
    }
}
