namespace ScoutDashboard.Tests.Support;

/// <summary>A fact that needs programs of this machine; skipped where one of them is missing.</summary>
public class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var missing = programs.FirstOrDefault(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))));
        Skip = missing is null ? null : $"{missing} is not here.";
    }
}
