namespace ScoutDashboard.Advisories;

/// <summary>
/// The NuGet packages of .NET's own runtimes: one for each platform, all built from the same source. GitHub's advisories name them one by one and leave some out
/// (GHSA-2865-hh9g-w894 has no linux-x64 of .NET 6), so that what is said of one counts for all.
/// </summary>
internal static class RuntimePacks
{
    /// <summary>How the names of one runtime's packages begin, in lower case.</summary>
    public const string Core = "microsoft.netcore.app.runtime.", AspNetCore = "microsoft.aspnetcore.app.runtime.", WindowsDesktop = "microsoft.windowsdesktop.app.runtime.";

    private static readonly string[] Families = [Core, AspNetCore, WindowsDesktop];

    // How the names of platforms end: on which processor (dotnet/runtime, runtime identifiers).
    private static readonly string[] Processors = ["-x64", "-x86", "-arm64", "-arm", "-armv6", "-s390x", "-ppc64le", "-riscv64", "-loongarch64", "-wasm"];

    // The same runtimes built another way, which their advisories tell apart; then the platform follows.
    private static readonly string[] Others = ["mono.", "nativeaot."];

    // The platforms that Microsoft published runtimes for; an advisory names those of them that it thought of.
    private static readonly string[] Platforms =
    [
        "linux-x64", "linux-arm64", "linux-arm", "linux-musl-x64", "linux-musl-arm64", "linux-musl-arm", "linux-bionic-x64", "linux-bionic-arm64", "linux-x86", "linux-s390x", "linux-ppc64le",
        "linux-riscv64", "linux-loongarch64", "win-x64", "win-x86", "win-arm64", "win-arm", "osx-x64", "osx-arm64",
    ];

    /// <summary>The name itself, then the same runtime's on all other platforms; the name alone where it is no runtime's.</summary>
    /// <param name="name">In lower case.</param>
    public static IEnumerable<string> Siblings(string name)
    {
        yield return name;
        if (FamilyOf(name) is not { } own)
        {
            yield break;
        }

        foreach (var platform in Platforms.Where(platform => !name.AsSpan(own.Length).SequenceEqual(platform)))
        {
            yield return own + platform;
        }
    }

    /// <summary>How the names of this runtime's packages begin, whatever the platform, also one that only a distribution builds for; null where the package is no runtime's.</summary>
    /// <param name="name">In lower case.</param>
    public static string? FamilyOf(string name) => Array.Find(Families, family => name.StartsWith(family, StringComparison.Ordinal)) is { } own && IsPlatform(name.AsSpan(own.Length)) ? own : null;

    private static bool IsPlatform(ReadOnlySpan<char> text)
    {
        foreach (var other in Others)
        {
            if (text.StartsWith(other))
            {
                return false;
            }
        }

        foreach (var processor in Processors)
        {
            if (text.Length > processor.Length && text.EndsWith(processor))
            {
                return true;
            }
        }

        return false;
    }
}
