using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Findings;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class JvmExtractorTests
{
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "jvm");

    [Theory]
    [InlineData("IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_RUNTIME_VERSION=\"25.0.3+9-LTS\"\nJAVA_VERSION=\"25.0.3\"\nFULL_VERSION=\"25.0.3+9-LTS\"\n", "pkg:generic/temurin@25.0.3%2B9-LTS", "25.0.3")]
    [InlineData("IMPLEMENTOR=\"Debian\"\nJAVA_RUNTIME_VERSION=\"17.0.15+6-Debian-1deb12u1\"\nJAVA_VERSION=\"17.0.15\"\n", "pkg:generic/openjdk@17.0.15%2B6-Debian-1deb12u1", "17.0.15")]
    [InlineData("JAVA_VERSION=\"1.8.0_392\"\nOS_NAME=\"Linux\"\n", "pkg:generic/openjdk@1.8.0_392", "8.0.392")]
    [InlineData("IMPLEMENTOR=\"Microsoft\"\nJAVA_VERSION=\"21\"\n", "pkg:generic/microsoft-openjdk@21", "21.0.0")]
    [InlineData("IMPLEMENTOR=\"Amazon.com Inc.\"\nJAVA_VERSION=\"11.0.20.1\"\n", "pkg:generic/corretto@11.0.20.1", "11.0.20")]
    public void ARuntimeTellsItsBuildAndTheReleaseThatAdvisoriesCount(string text, string purl, string release)
    {
        const string path = "opt/java/openjdk/release";
        var content = Encoding.UTF8.GetBytes(text);
        Assert.True(Extractor.WantsHead(path, content.AsSpan(0, Math.Min(content.Length, IPackageExtractor.HeadLength))));
        var identity = ComponentIdentity.Of(Assert.Single(Extractor.Extract(path, content).Packages), null);
        Assert.Equal((purl, "java", release, "Bitnami"), (identity.Purl, identity.AdvisoryName, identity.AdvisoryVersion, identity.Ecosystem));
    }

    [Theory]
    [InlineData("1.8.0_482", true)]
    [InlineData("1.8.0_491", false)]
    [InlineData("17.0.15", true)]
    [InlineData("17.0.19.1", false)]
    [InlineData("25", true)]
    [InlineData("25.0.3", false)]
    public void AdvisoriesOnJavaHoldForItsReleases(string version, bool isAffected)
    {
        // As BIT-java-2026-34282 has it.
        Assert.True(OsvReader.TryParse(
            """
            {"id":"BIT-java-2026-34282","modified":"2026-04-24T00:00:00Z","affected":[{"package":{"ecosystem":"Bitnami","name":"java"},"ranges":[{"type":"SEMVER","events":[
             {"introduced":"0"},{"fixed":"1.8.0"},{"introduced":"1.9.0"},{"fixed":"8.0.491"},{"introduced":"9.0.0"},{"fixed":"11.0.31"},{"introduced":"12.0.0"},{"fixed":"17.0.19"},
             {"introduced":"18.0.0"},{"fixed":"21.0.11"},{"introduced":"22.0.0"},{"fixed":"25.0.3"}]}]}]}
            """u8.ToArray(), out var record));
        var runtime = ComponentIdentity.Of(Assert.Single(Extractor.Extract("jre/release", Encoding.UTF8.GetBytes($"JAVA_VERSION=\"{version}\"\n")).Packages), null);
        Assert.Equal(isAffected, AdvisoryMatcher.Match(new MatchTarget(runtime.Ecosystem, runtime.AdvisoryName, runtime.AdvisoryVersion), [record]).Count == 1);
    }

    [Fact]
    public void OtherFilesOfThatNameAreNone()
    {
        Assert.False(Extractor.WantsHead("opt/tool/release", "#!/bin/sh\n"u8));
        Assert.False(Extractor.WantsHead("etc/os-release", "NAME=\"Debian\"\n"u8));
        Assert.True(Extractor.Extract("opt/tool/release", "NAME=\"x\"\n"u8).IsEmpty);
        Assert.NotNull(Extractor.Extract("opt/tool/release", "JAVA_VERSION=\"unknown\"\n"u8).Gaps);
    }
}
