using ScoutDashboard.Analysis;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis;

public sealed class WindowsImageTests
{
    private const long NanoServer = 120L * 1024 * 1024, ServerCore = 1300L * 1024 * 1024;

    [Theory]
    [InlineData("10.0.20348.2527", "Windows Server 2022 (10.0.20348.2527)", "Windows:10.0.20348")]
    [InlineData("10.0.26100.1", "Windows Server 2025 (10.0.26100.1)", "Windows:10.0.26100")]
    [InlineData("10.0.99999.1", "Windows (10.0.99999.1)", "Windows:10.0.99999")]
    [InlineData("10.0.20348", "Windows (10.0.20348)", "")]
    [InlineData("10.0.20348.1.2", "Windows Server 2022 (10.0.20348.1.2)", "")]
    [InlineData("6.3.9600.1", "Windows (6.3.9600.1)", "")]
    public void TheBuildIsTheOperatingSystemsVersionAndItsAdvisoriesAreThoseOfItsRelease(string version, string name, string ecosystem)
    {
        var (file, distribution) = WindowsRelease.Of(new Platform("windows", "amd64", OsVersion: version), NanoServer)!.Value;
        Assert.Equal(name, distribution.DisplayName);
        var identity = ComponentIdentity.Of(Assert.Single(file.Packages).Package, null);
        Assert.Equal(($"pkg:generic/microsoft/windows-server@{version}", ecosystem, "windows-server", version), (identity.Purl, identity.Ecosystem, identity.AdvisoryName, identity.AdvisoryVersion));
    }

    [Fact]
    public void ALargeBaseLayerIsNotNanoServers()
    {
        var (file, _) = WindowsRelease.Of(new Platform("windows", "amd64", OsVersion: "10.0.20348.2527"), ServerCore)!.Value;

        Assert.Equal("pkg:generic/microsoft/windows-server-core@10.0.20348.2527", ComponentIdentity.Of(Assert.Single(file.Packages).Package, null).Purl);
    }

    [Theory]
    [InlineData("linux", "5.4")]
    [InlineData("windows", null)]
    [InlineData("windows", "")]
    [InlineData("windows", "10.0; drop")]
    public void WithoutABuildThereIsNone(string os, string? version) => Assert.Null(WindowsRelease.Of(new Platform(os, "amd64", OsVersion: version), ServerCore));
}
