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

    // The platforms that runtimes were published for (dotnet/runtime, runtime identifiers); an advisory names those of them that it thought of.
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

    /// <summary>How the names of this runtime's packages begin; null where the package is no runtime's.</summary>
    /// <param name="name">In lower case.</param>
    public static string? FamilyOf(string name) =>
        // Mono's packs begin as the others do: only a platform may follow.
        Array.Find(Families, family => name.StartsWith(family, StringComparison.Ordinal)) is { } own && Platforms.Contains(name[own.Length..]) ? own : null;
}
