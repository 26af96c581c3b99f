namespace ScoutDashboard.Tests.Support;

/// <summary>A fact that needs a file of this machine; skipped where it is missing.</summary>
public sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(string path) => Skip = File.Exists(path) ? null : $"{path} is not here.";
}
