using System.Reflection;

namespace ScoutDashboard.Images;

/// <summary>The version of this program: what people call it, and the commit it was built from.</summary>
public static class ProgramVersion
{
    // "1.0.0+commit" (dotnet/sdk, SourceRevisionId).
    private static readonly string[] Parts = (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+', 2);

    public static string Text => Parts[0];

    /// <summary>Null where it was built outside of a repository.</summary>
    public static string? Revision => Parts is [_, { Length: > 0 } revision] ? revision : null;
}
