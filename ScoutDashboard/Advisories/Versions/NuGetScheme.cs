using NuGet.Versioning;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>NuGet's order, by NuGet's own library: up to four numbers, pre-release labels without case, metadata ignored.</summary>
internal sealed class NuGetScheme : IVersionScheme
{
    public string Name => "nuget";

    public int? Compare(string left, string right) =>
        NuGetVersion.TryParse(left, out var leftVersion) && NuGetVersion.TryParse(right, out var rightVersion)
            ? VersionComparer.VersionRelease.Compare(leftVersion, rightVersion)
            : null;
}
