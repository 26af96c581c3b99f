using System.Reflection;

namespace ScoutDashboard.Tests.Support;

/// <summary>What the build knew: where the repository, its packages and the built program lie.</summary>
internal static class BuildFacts
{
    /// <summary>The folder of the solution.</summary>
    public static string Repository => Of("Repository");

    /// <summary>Where NuGet unpacks packages: <c>{id}/{version}/</c>, in lower case.</summary>
    public static string PackageFolder => Of("PackageFolder");

    public static string AppAssembly => Of("AppAssembly");

    private static string Of(string key) => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
