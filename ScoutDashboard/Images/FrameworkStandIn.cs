using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ScoutDashboard.Images;

/// <summary>
/// The shared framework of .NET whose assemblies the host loads instead of a package's (dotnet/runtime, docs/design/features/host-probing.md); as text
/// <c>Microsoft.NETCore.App/8.0.11/8.0.1124.51707</c>.
/// </summary>
/// <param name="Framework">The framework's name.</param>
/// <param name="Version">Its version; a release.</param>
/// <param name="FileVersion">The file version of its assemblies.</param>
public sealed record FrameworkStandIn(string Framework, Version Version, Version FileVersion)
{
    /// <summary>No framework has more patches: what claims to is none.</summary>
    public const int MaxPatch = 999;

    /// <summary>What a person calls it.</summary>
    public string DisplayName => $"{Framework} {Version}";

    /// <summary>
    /// The day of its build, which the file version tells: <c>major.minor.patch*100+year.(month*50+day)*100+revision</c> (dotnet/arcade, Versioning.md); null
    /// where it is no such number, as with builds of others.
    /// </summary>
    public DateOnly? BuiltOn => FileVersion is { Build: var build, Revision: var revision } && FileVersion.Major == Version.Major && build / 100 == Version.Build
        && DateOnly.TryParseExact($"{build % 100:00}{revision / 100 / 50:00}{revision / 100 % 50:00}", "yyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>
    /// The versions that a package with this framework's assembly may have, the lowest first. From .NET 9 on packages are numbered as the framework that they
    /// are built with; before, only those that changed were, so that the framework's assembly is that of some package up to its own number. It is never older
    /// than the one that it replaces.
    /// </summary>
    /// <param name="replaced">The version of the package that the app brought.</param>
    public IEnumerable<string> PackageVersions(string replaced)
    {
        var isOfLine = Version.TryParse(replaced, out var package) && package.Major == Version.Major && package.Minor == Version.Minor;
        var first = Version.Major >= 9 ? Version.Build : isOfLine ? Math.Clamp(package!.Build, 0, Version.Build) : 0;
        return Enumerable.Range(first, Version.Build - first + 1).Select(patch => $"{Version.Major}.{Version.Minor}.{patch}");
    }

    /// <summary>Reads the text form; false for pre-releases too, whose order among builds nobody tells.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out FrameworkStandIn? standIn)
    {
        standIn = text?.Split('/') is [{ Length: > 0 } name, var version, var fileVersion] && Version.TryParse(version, out var release) && Version.TryParse(fileVersion, out var file)
            && release.Build is >= 0 and <= MaxPatch ? new FrameworkStandIn(name, release, file) : null;
        return standIn is not null;
    }

    /// <summary>What a person calls the one that this text names; null where it names none.</summary>
    public static string? NameOf(string? text) => TryParse(text, out var standIn) ? standIn.DisplayName : null;

    public override string ToString() => $"{Framework}/{Version}/{FileVersion}";
}
