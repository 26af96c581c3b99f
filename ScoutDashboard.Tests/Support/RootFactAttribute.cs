namespace ScoutDashboard.Tests.Support;

/// <summary>A fact that makes namespaces of its own, which needs root, and programs of this machine; skipped where one of these is missing.</summary>
public sealed class RootFactAttribute : ToolFactAttribute
{
    public RootFactAttribute(params string[] programs) : base(programs) => Skip ??= Environment.IsPrivilegedProcess ? null : "Only root can make a root file system of its own.";
}
