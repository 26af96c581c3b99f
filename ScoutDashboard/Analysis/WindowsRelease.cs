using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Windows as a component of its image. Its configuration tells the build and the update (<c>os.version</c>, OCI image-spec config.md), even where no layer of it
/// can be read.
/// </summary>
public static class WindowsRelease
{
    // Builds of the container base images (Microsoft, "Windows Server release information").
    private static readonly (string Build, string Name)[] Builds =
    [
        ("10.0.14393.", "Windows Server 2016"), ("10.0.17763.", "Windows Server 2019"), ("10.0.20348.", "Windows Server 2022"), ("10.0.25398.", "Windows Server, version 23H2"), ("10.0.26100.", "Windows Server 2025"),
    ];

    // Neither name stands in an image. But Nano Server's base layer has some 100 MB, Server Core's more than 1 GB.
    private const long LeastServerCore = 400L * 1024 * 1024;

    /// <summary>The component as it lies in no file, and what a person calls it; null for another system, or one whose version is not told.</summary>
    /// <param name="platform">What the configuration tells.</param>
    /// <param name="baseSize">Bytes of the lowest layer, as it is transferred.</param>
    public static (MergedFile File, Distribution Distribution)? Of(Platform platform, long baseSize)
    {
        if (platform.Os != "windows" || platform.OsVersion is not { Length: > 0 and < 64 } version || !version.All(character => char.IsAsciiDigit(character) || character == '.'))
        {
            return null;
        }

        var name = Builds.FirstOrDefault(build => version.StartsWith(build.Build, StringComparison.Ordinal)).Name ?? "Windows";
        var package = new FoundPackage("windows", baseSize >= LeastServerCore ? WindowsEdition.ServerCore : WindowsEdition.NotTold, version);
        return (new MergedFile("", "windows", null, [new MergedPackage(package, 0)]), new Distribution("windows", version, $"{name} ({version})"));
    }
}
