using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

/// <summary>Records of Ubuntu's that list the packages built from a source that are affected.</summary>
public sealed class UbuntuBinariesTests
{
    private const string Listed = """{"binaries": [{"binary_name": "libssl3", "binary_version": "3.0.2-0ubuntu1.20"}, {"binary_name": "openssl", "binary_version": "3.0.2-0ubuntu1.20"}], "availability": "No subscription required"}""";

    [Theory]
    [InlineData("libssl3", Verdict.Affected)]
    [InlineData("openssl", Verdict.Affected)]
    [InlineData("libssl-dev", Verdict.Undecided)]
    [InlineData("libssl3-udeb", Verdict.Undecided)]
    [InlineData("libcrypto3", Verdict.Undecided)]
    [InlineData(null, Verdict.Affected)]
    public void APackageThatIsNotListedIsUndecidedAndWhoNamesTheSourceAloneIsTold(string? binary, Verdict verdict) => Assert.Equal(verdict, Say(binary, Entry("Ubuntu:22.04:LTS", Listed)));

    /// <summary>Lists name what the build with the fix made, whose names may have a later version in them.</summary>
    [Theory]
    [InlineData("libclamav9", "libclamav11", Verdict.Affected)]
    [InlineData("libclamav11", "libclamav9", Verdict.Affected)]
    [InlineData("libclamav-dev", "libclamav11", Verdict.Undecided)]
    [InlineData("libssl1.1", "libssl3", Verdict.Affected)]
    [InlineData("libssl1.0.0", "libssl3t64", Verdict.Affected)]
    [InlineData("libssl", "libssl3", Verdict.Affected)]
    [InlineData("postgresql-14", "postgresql-15", Verdict.Affected)]
    [InlineData("postgresql-client-14", "postgresql-15", Verdict.Undecided)]
    [InlineData("postgresql-plperl-14", "postgresql-pltcl-14", Verdict.Undecided)]
    [InlineData("php8.1-cli", "php8.3-cli", Verdict.Affected)]
    [InlineData("php8.1-cli", "php8.1-cgi", Verdict.Undecided)]
    [InlineData("gcc-12-base", "gcc-13-base", Verdict.Affected)]
    [InlineData("gcc-12-base", "gcc-12", Verdict.Undecided)]
    [InlineData("gcc-12", "g++-12", Verdict.Undecided)]
    [InlineData("g++-9", "g++-12", Verdict.Affected)]
    [InlineData("python3.10-minimal", "python3.11-minimal", Verdict.Affected)]
    [InlineData("python3.10-minimal", "libpython3.10-minimal", Verdict.Undecided)]
    [InlineData("python3.10-minimal", "python3.10", Verdict.Undecided)]
    [InlineData("python3.10", "python3.10-minimal", Verdict.Undecided)]
    [InlineData("libldap-2.4-2", "libldap2", Verdict.Affected)]
    [InlineData("libqt5core5a", "libqt5core5t64", Verdict.Affected)]
    [InlineData("libqt5core5a", "libqt5gui5", Verdict.Undecided)]
    [InlineData("libsigc++-2.0-0c2a", "libsigc++-2.0-0v5", Verdict.Affected)]
    [InlineData("lib32gcc-s1", "libgcc-s1", Verdict.Affected)]
    [InlineData("libc6-i386", "libc6", Verdict.Undecided)]
    public void ThePackageWithAnotherVersionInItsNameIsListed(string installed, string listed, Verdict verdict)
    {
        var specific = List("unrelated", listed);

        Assert.Equal(verdict, Say(installed, Entry("Ubuntu:22.04:LTS", specific)));
        Assert.Equal(verdict, Say(installed, Entry("Ubuntu:22.04:LTS", List("unrelated")), Entry("Ubuntu:22.04:LTS", specific)));
        Assert.Equal(verdict, Say(installed, Entry("Ubuntu:22.04:LTS", specific), Entry("Ubuntu:22.04:LTS", List("unrelated"))));
    }

    /// <summary>The names of a kernel's packages have the ABI of each build, and their sets differ between flavours.</summary>
    [Theory]
    [InlineData("linux", "linux-headers-5.15.0-76-generic", Verdict.Affected)]
    [InlineData("linux", "linux-headers-5.15.0-101-generic", Verdict.Affected)]
    [InlineData("linux", "linux-image-5.15.0-76-lowlatency", Verdict.Affected)]
    [InlineData("linux", "linux-libc-dev", Verdict.Affected)]
    [InlineData("linux-aws-5.15", "linux-aws-5.15-headers-5.15.0-1036", Verdict.Affected)]
    [InlineData("linuxptp", "linuxptp", Verdict.Undecided)]
    [InlineData("util-linux", "libmount1", Verdict.Undecided)]
    public void OfAKernelTheListIsNotAsked(string source, string installed, Verdict verdict) => Assert.Equal(
        verdict, Say(installed, source, [Entry("Ubuntu:22.04:LTS", List("linux-headers-5.15.0-101-generic", "linux-image-unsigned-5.15.0-101-generic"), source)]));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"binaries": []}""")]
    [InlineData("""{"binaries": {"libssl3": "1"}}""")]
    [InlineData("""{"binaries": [7, "libssl3", {"binary_version": "1"}, {"binary_name": 5}, {"libssl3": ["1"]}]}""")]
    public void WhereNothingIsListedAllAreMeant(string specific) => Assert.Equal(Verdict.Affected, Say("libssl-dev", Entry("Ubuntu:22.04:LTS", specific)));

    [Theory]
    [InlineData("libssl3", Verdict.Affected)]
    [InlineData("libssl-dev", Verdict.Undecided)]
    public void OlderRecordsNameThePackageAsTheMember(string binary, Verdict verdict) =>
        Assert.Equal(verdict, Say(binary, Entry("Ubuntu:22.04:LTS", """{"binaries": [{"libssl3": "3.0.2", "openssl": "3.0.2"}]}""")));

    /// <summary>One that lists it, or lists nothing, is enough.</summary>
    [Theory]
    [InlineData("""{"binaries": [{"binary_name": "libssl-dev", "binary_version": "1"}]}""", Verdict.Affected)]
    [InlineData("{}", Verdict.Affected)]
    [InlineData("""{"binaries": []}""", Verdict.Affected)]
    [InlineData("""{"binaries": [{"binary_name": "libssl-doc", "binary_version": "1"}]}""", Verdict.Undecided)]
    public void OfSeveralEntriesOnTheSourceAnyCounts(string other, Verdict verdict)
    {
        Assert.Equal(verdict, Say("libssl-dev", Entry("Ubuntu:22.04:LTS", Listed), Entry("Ubuntu:22.04:LTS", other)));
        Assert.Equal(verdict, Say("libssl-dev", Entry("Ubuntu:22.04:LTS", other), Entry("Ubuntu:22.04:LTS", Listed)));
    }

    [Fact]
    public void AListOfAnotherReleaseOrOfExtendedMaintenanceIsNotLookedAt()
    {
        var other = """{"binaries": [{"binary_name": "libssl-dev", "binary_version": "1"}]}""";

        Assert.Equal(Verdict.Undecided, Say("libssl-dev", Entry("Ubuntu:22.04:LTS", Listed), Entry("Ubuntu:20.04:LTS", other), Entry("Ubuntu:Pro:22.04:LTS", other)));
    }

    [Fact]
    public void OfABuildOfExtendedMaintenanceItsOwnListCounts()
    {
        OsvRecord record = Record(Entry("Ubuntu:22.04:LTS", Listed), Entry("Ubuntu:Pro:22.04:LTS", """{"binaries": [{"binary_name": "libssl-dev", "binary_version": "1"}]}"""));

        Assert.Equal(
            [Verdict.Affected, Verdict.Undecided],
            new[] { "libssl-dev", "libssl3" }.Select(binary => Assert.Single(AdvisoryMatcher.Match(new MatchTarget("Ubuntu:Pro:22.04:LTS", "openssl", "3.0.1+esm1") { Binary = binary }, [record])).Verdict));
    }

    [Fact]
    public void AFixedVersionIsNotAffectedWhateverIsListed() =>
        Assert.Empty(AdvisoryMatcher.Match(new MatchTarget("Ubuntu:22.04:LTS", "openssl", "3.0.2-0ubuntu1.20") { Binary = "libssl-dev" }, [Record(Entry("Ubuntu:22.04:LTS", Listed))]));

    [Fact]
    public void OtherDistributionsListsMeanSomethingElse() => Assert.Empty(Record(Entry("Debian:12", Listed)).Affected[0].Binaries);

    [Fact]
    public void WhatIsStoredForMatchingTellsThem()
    {
        var record = Record(Entry("Ubuntu:22.04:LTS", Listed), Entry("Ubuntu:20.04:LTS", """{"binaries": [{"binary_name": "libssl3"}, {"binary_name": "libssl1.1"}, {"binary_name": "openssl"}]}"""), Entry("Ubuntu:24.04:LTS", "{}"));

        Assert.Equal(
            ["libssl3 openssl", "libssl3 libssl1.1 openssl", ""],
            OsvMatching.Read(OsvMatching.Encode(record))!.Affected.Select(entry => string.Join(' ', entry.Binaries)));
    }

    [Fact]
    public void APackageUrlAndANameWithItsSourceTellTheInstalledPackage()
    {
        Assert.True(ParsedPackageUrl.TryParse("pkg:deb/ubuntu/libssl-dev@3.0.2-0ubuntu1.15?distro=ubuntu-22.04&upstream=openssl", out var purl));

        Assert.Equal(("openssl", "libssl-dev"), (PackageSubject.Of(purl).Subject!.Name, PackageSubject.Of(purl).Subject!.Binary));
        Assert.Equal("libssl-dev", PackageSubject.Of("Ubuntu:22.04:LTS", "libssl-dev", "3.0.2", "openssl", null).Binary);
        Assert.Null(PackageSubject.Of("Ubuntu:22.04:LTS", "openssl", "3.0.2", null, null).Binary);
        // Who asks by a source's name asks about the source.
        Assert.True(ParsedPackageUrl.TryParse("pkg:deb/ubuntu/glibc@2.35-0ubuntu3?distro=ubuntu-22.04", out var alone));
        Assert.Equal(("glibc", null), (PackageSubject.Of(alone).Subject!.Name, PackageSubject.Of(alone).Subject!.Binary));
    }

    private static Verdict Say(string? binary, params string[] entries) => Say(binary, "openssl", entries);

    private static Verdict Say(string? binary, string source, string[] entries)
    {
        var found = Assert.Single(AdvisoryMatcher.Match(new MatchTarget("Ubuntu:22.04:LTS", source, "3.0.2-0ubuntu1.15") { Binary = binary }, [Record(entries)]));
        Assert.Equal(found.Verdict == Verdict.Undecided, found.Reason?.Contains(binary ?? "", StringComparison.Ordinal) ?? false);
        return found.Verdict;
    }

    private static OsvRecord Record(params string[] entries) => OsvReader.TryParse(
        Encoding.UTF8.GetBytes($$"""{"id": "UBUNTU-CVE-2026-0001", "modified": "2026-01-01T00:00:00Z", "upstream": ["CVE-2026-0001"], "affected": [{{string.Join(", ", entries)}}]}"""), out var record)
        ? record : throw new InvalidDataException("No record.");

    private static string List(params string[] names) => $$"""{"binaries": [{{string.Join(", ", names.Select(name => $$"""{"binary_name": "{{name}}", "binary_version": "1"}"""))}}]}""";

    private static string Entry(string ecosystem, string specific, string source = "openssl") => $$"""
        {"ecosystem_specific": {{specific}}, "package": {"ecosystem": "{{ecosystem}}", "name": "{{source}}"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0.2-0ubuntu1.20"}]}]}
        """;
}
