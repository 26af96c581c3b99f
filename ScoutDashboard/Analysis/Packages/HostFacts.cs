namespace ScoutDashboard.Analysis.Packages;

/// <summary>What a .NET file tells the host that starts a program, beside packages: an app's or framework's deps.json its assemblies, a runtimeconfig.json the frameworks that it runs on.</summary>
/// <param name="Assemblies">The code of the packages, native code too.</param>
/// <param name="Frameworks">The shared frameworks that are asked for; none for a self-contained app, or where how to choose them is not understood.</param>
public sealed record HostFacts(IReadOnlyList<HostAssembly> Assemblies, IReadOnlyList<FrameworkReference> Frameworks);

/// <param name="Package">Name and version of its package, <c>System.Text.Json/8.0.0</c>.</param>
/// <param name="Name">The file's name without folders.</param>
/// <param name="AssemblyVersion">Four numbers; "" where it is not told.</param>
/// <param name="FileVersion">Four numbers; "" where it is not told.</param>
public sealed record HostAssembly(string Package, string Name, string AssemblyVersion, string FileVersion);

/// <param name="Version">The lowest version that will do, as written.</param>
/// <param name="RollForward">Which later one may be chosen instead; null for the usual: the next minor version, if its own has none.</param>
public sealed record FrameworkReference(string Name, string Version, string? RollForward = null);
