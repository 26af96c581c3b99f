using ScoutDashboard.Analysis;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis;

public sealed class WindowsImageTests
{
    [Theory]
    [InlineData("10.0.20348.2527", "Windows Server 2022 (10.0.20348.2527)")]
    [InlineData("10.0.26100.1", "Windows Server 2025 (10.0.26100.1)")]
    [InlineData("10.0.99999.1", "Windows (10.0.99999.1)")]
    public void TheBuildIsTheOperatingSystemsVersion(string version, string name)
    {
        var (file, distribution) = WindowsRelease.Of(new Platform("windows", "amd64", OsVersion: version))!.Value;
        Assert.Equal(name, distribution.DisplayName);
        var identity = ComponentIdentity.Of(Assert.Single(file.Packages).Package, null);
        Assert.Equal(($"pkg:generic/microsoft/windows-server@{version}", ""), (identity.Purl, identity.Ecosystem));
    }

    [Theory]
    [InlineData("linux", "5.4")]
    [InlineData("windows", null)]
    [InlineData("windows", "")]
    [InlineData("windows", "10.0; drop")]
    public void WithoutABuildThereIsNone(string os, string? version) => Assert.Null(WindowsRelease.Of(new Platform(os, "amd64", OsVersion: version)));
}
