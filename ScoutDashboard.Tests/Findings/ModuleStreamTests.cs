using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class ModuleStreamTests
{
    private const string Node16 = "1:16.17.1-1.module_el8.6.0+3328+2e4711d7";
    private const string Node18 = "1:18.12.1-2.module_el8.7.0+3370+40ccb2a8";

    [Theory]
    [InlineData("nodejs:16", Verdict.Affected)]
    [InlineData("nodejs:18", null)] // though 16.14 is lower than 18.12
    [InlineData("nodejs:1", null)]
    [InlineData(null, Verdict.Undecided)]
    public void OnlyRecordsOfTheSameStreamAreCompared(string? stream, Verdict? verdict) => Assert.Equal(verdict,
        VerdictOf("1:16.14.0-4.module_el8.6.0+2904+f21ad6f4", stream, Record("Important: nodejs:16 security update", Node16)));

    [Theory]
    [InlineData("nodejs:18")]
    [InlineData(null)]
    public void AFixedVersionOfAnUnknownStreamIsFixedInAnyOfThem(string? stream) => Assert.Null(VerdictOf(Node18, stream, Record("Moderate: nodejs:18 security update", Node18)));

    [Theory]
    [InlineData("1:10.24.0-1.el8", null, "1:16.17.1-1.module_el8.6.0+3328+2e4711d7", null)] // only the module was affected
    [InlineData("1:16.14.0-4.module_el8.6.0+2904+f21ad6f4", "nodejs:16", "1:20.0.0-1.el8", null)]
    [InlineData("1:16.14.0-4.module+el8.6.0+2904+f21ad6f4", null, "1:20.0.0-1.el8", null)]
    [InlineData("1:16.14.0-4.el8", "nodejs:16", "1:20.0.0-1.el8", null)] // its header says so
    [InlineData("1:10.24.0-1.el8", null, "1:20.0.0-1.el8", Verdict.Affected)]
    public void BothSidesAreOfAModuleOrNeither(string version, string? stream, string fixedIn, Verdict? verdict) => Assert.Equal(verdict, VerdictOf(version, stream, Record("Important: nodejs security update", fixedIn)));

    [Theory]
    [InlineData("1:16.17.0-1.module_el8.6.0+3328+2e4711d7", Verdict.Affected)]
    [InlineData("1:16.17.0-1.module_el8.6.0+3327+2e4711d7", Verdict.Undecided)]
    public void WithoutAStreamTheSameBuildOfTheModuleIsOfTheSameStream(string version, Verdict verdict) =>
        Assert.Equal(verdict, VerdictOf(version, "nodejs:16", Record("nodejs bug fix update", Node16)));

    [Theory]
    [InlineData("Red Hat Security Advisory: python39:3.9 security update", "python39:3.9")]
    [InlineData("Important: virt:rhel and virt-devel:rhel security update", "virt:rhel virt-devel:rhel")]
    [InlineData("new module: php:7.4", "php:7.4")]
    [InlineData("Moderate: container-tools:rhel8 security, bug fix, and enhancement update", "container-tools:rhel8")]
    [InlineData("Important: kernel security update", "")]
    public void TheSummaryNamesTheStreams(string summary, string streams) => Assert.Equal(streams, string.Join(' ', Record(summary, "1").Streams));

    [Fact]
    public void OtherDistributionsHaveNoModulesWhateverTheirReleasesLookLike() => Assert.Single(AdvisoryMatcher.Match(
        new MatchTarget("openSUSE:Leap 15.6", "nodejs", "1:16.14.0-4.module_el8.6.0+2904+f21ad6f4"), [Record("nodejs:18 update", "1:18.0.0-1", "openSUSE:Leap 15.6")]));

    [Fact]
    public async Task TheHeadersLabelBecomesTheComponentsStream()
    {
        var tar = new LayerTar().File("etc/os-release", "ID=almalinux\nVERSION_ID=8.7\n").File("var/lib/rpm/Packages.db", RpmDatabases.Ndb(
            RpmDatabases.Header("nodejs", "18.12.1", "2.module_el8.7.0+3370+40ccb2a8", 1, modularity: "nodejs:18:8070020221206150010:bd1311ed"),
            RpmDatabases.Header("glibc", "2.28", "211.el8"), RpmDatabases.Header("odd", "1", "1", modularity: "(none)")));
        var components = (await LayeredImage.InventoryAsync(tar)).Components.Values.ToDictionary(component => component.Name);
        Assert.Equal(("nodejs:18", "pkg:rpm/almalinux/nodejs@18.12.1-2.module_el8.7.0%2B3370%2B40ccb2a8?arch=x86_64&distro=almalinux-8.7&epoch=1&rpmmod=nodejs:18"), (components["nodejs"].Stream, components["nodejs"].Purl));
        Assert.Equal((null, null), (components["glibc"].Stream, components["odd"].Stream));
    }

    [Theory]
    [InlineData("rpmmod=nodejs:18", "nodejs:18")]
    [InlineData("rpmmod=nodejs%3A18%3A8070020221206150010%3Abd1311ed", "nodejs:18")]
    [InlineData("modularitylabel=nodejs:18:1:2", "nodejs:18")]
    [InlineData("rpmmod=nodejs", null)]
    public void APackageUrlMayTellTheStream(string qualifier, string? stream)
    {
        Assert.True(ParsedPackageUrl.TryParse($"pkg:rpm/almalinux/nodejs@18-1?distro=almalinux-8.7&{qualifier}", out var purl));
        Assert.Equal(stream, PackageSubject.Of(purl).Subject?.Stream);
    }

    private static Verdict? VerdictOf(string version, string? stream, OsvRecord record) =>
        AdvisoryMatcher.Match(new MatchTarget("AlmaLinux:8", "nodejs", version) { Stream = stream }, [record]) is [var found] ? found.Verdict : null;

    private static OsvRecord Record(string summary, string fixedIn, string ecosystem = "AlmaLinux:8")
    {
        Assert.True(OsvReader.TryParse(Encoding.UTF8.GetBytes($$$"""
            {"id":"ALSA-2022:6964","modified":"2022-10-20T00:00:00Z","summary":"{{{summary}}}","affected":[{"package":{"ecosystem":"{{{ecosystem}}}","name":"nodejs"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"{{{fixedIn}}}"}]}]}]}
            """), out var record));
        return record;
    }
}
