using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class NuGetSchemeTests
{
    [Fact]
    public void FourNumbersAndLabelsWithoutCase() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("NuGet")!,
    [
        "1.0.0.0 = 1.0", "1.0.0.1 > 1.0.0", "01.02.3 = 1.2.3", "1.0.0-RC.1 = 1.0.0-rc.1", "1.0.0-rc.2 < 1.0.0-rc.11", "9.0.0-preview.1.24080.9 < 9.0.0-rc.1.24431.7", "1.0.0+a = 1.0.0+b", "1.0.0-Beta < 1.0.0-gamma",
    ]));
}
