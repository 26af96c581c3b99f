using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class ApkSchemeTests
{
    [Fact]
    public void SuffixesRevisionsAndLeadingZerosHaveTheirPlaces() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("Alpine")!,
    [
        "1.2.3-r0 < 1.2.3-r1", "1.2.3-r9 < 1.2.3-r10", "1.2.3 < 1.2.3-r0", "1.2_alpha1 < 1.2_beta1", "1.2_beta < 1.2_pre", "1.2_pre2 < 1.2_rc1", "1.2_rc1 < 1.2",
        "1.2 < 1.2_p1", "1.2_cvs1 < 1.2_svn1", "1.2_git1 < 1.2_hg1", "1.2_hg1 < 1.2_p1", "1.2_p1 < 1.2a", "1.2a < 1.2b", "1.2a < 1.2.0", "1.10 > 1.9", "1.010 < 1.1",
        "1.001 < 1.01", "01 = 1", "1.2_rc1-r1 < 1.2-r0", "1.2_p1_rc1 < 1.2_p1", "6.6.1p1-r1 < 6.6.1p1-r2",
    ]));
}
