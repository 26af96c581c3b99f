namespace ScoutDashboard.Tests.Support;

/// <summary>A fact over the shared test data; skipped where that isn't here.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = SharedData.Folder is null ? "The shared test data is not here." : null;
}

/// <summary>A theory over the shared test data; skipped where that isn't here.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = SharedData.Folder is null ? "The shared test data is not here." : null;
}
