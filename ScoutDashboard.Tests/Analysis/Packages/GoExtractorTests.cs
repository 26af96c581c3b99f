using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class GoExtractorTests
{
    private const string Modules = "path\texample.com/app\nmod\texample.com/app\tv1.4.0\th1:x=\ndep\tgolang.org/x/net\tv0.17.0\th1:x=\n"
        + "dep\tgithub.com/old/dep\tv1.0.0\n=>\tgithub.com/new/dep\tv1.0.1\th1:x=\ndep\texample.com/local\tv0.1.0\n=>\t./local\t\nbuild\tCGO_ENABLED=0\n";

    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "go");

    [Fact]
    public void ModulesAreReadWithTheirReplacementsAndTheStandardLibrary()
    {
        var scan = Extractor.Extract("app", Programs.Go("go1.22.3 X:boringcrypto", Modules));
        Assert.Contains("in place of example.com/local;", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
        Assert.Equal(["stdlib@1.22.3", "example.com/app@v1.4.0", "golang.org/x/net@v0.17.0", "github.com/new/dep@v1.0.1", "example.com/local@(devel)"], Names(scan));
    }

    [Fact]
    public void AWorkingCopyHasNoVersionAndMissingModulesAreAGap()
    {
        var scan = Extractor.Extract("app", Programs.Go("go1.26-X:nodwarf5", "path\ta/b\nmod\ta/b\t(devel)\t\n"));
        Assert.Equal(["stdlib@1.26", "a/b@(devel)"], Names(scan));
        Assert.Single(scan.Gaps!);
    }

    [Fact]
    public void TheMagicAsAConstantIsNoHeader() =>
        Assert.Equal(5, Extractor.Extract("app", [.. Programs.Go("go1.22.3", Modules).AsSpan(0, 96), .. Programs.Go("go1.22.3", Modules)]).Packages.Count);

    [Fact]
    public void AProgramOfAnotherLanguageHoldsNothing() => Assert.True(Extractor.Extract("app", new byte[100_000]).IsEmpty);

    [Fact]
    public void APackedProgramIsAGap() =>
        Assert.Contains("UPX", Assert.Single(Extractor.Extract("app", [0x7f, .. "ELF"u8, .. new byte[200], .. "UPX!"u8, .. new byte[2000]]).Gaps!).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("-s -w -X main.version=1.4.2", "v1.4.2")]
    [InlineData("\"-X 'a/b/internal/build.Version=v2.0.0-rc1' -X a/b/cmd.GitVersion=v2.1.0 -X other/lib.Version=v9.9.9\"", "v2.1.0")]
    [InlineData("-X main.version=dev -X main.commit=1234567", "(devel)")]
    [InlineData("-X other/lib.Version=v9.9.9", "(devel)")]
    [InlineData("", "(devel)")]
    public void AWorkingCopysVersionIsTheOneThatItsBuilderWroteIn(string flags, string expected)
    {
        var scan = Extractor.Extract("app", Programs.Go("go1.22.3", $"path\ta/b\nmod\ta/b\t(devel)\t\ndep\tx/y\tv1.0.0\th1:x=\nbuild\t-ldflags={flags}\n"));
        Assert.Equal(["stdlib@1.22.3", $"a/b@{expected}", "x/y@v1.0.0"], Names(scan));
        Assert.Null(scan.Gaps);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(4, false)]
    public void OldProgramsAreReadByTheAddressesInThem(int word, bool isBig)
    {
        var program = Programs.OldGo(word, isBig, "go1.17.5", "path\ta/b\nmod\ta/b\tv1.0.0\th1:x=\ndep\tx/y\tv1.2.0\th1:x=\n");
        Assert.Equal(["stdlib@1.17.5", "a/b@v1.0.0", "x/y@v1.2.0"], Names(Extractor.Extract("app", program)));
        for (var cut = 64; cut < program.Length; cut++)
        {
            Assert.True(Extractor.Extract("app", program.AsSpan(0, cut)).Packages.Count is 0 or 1);
        }
    }

    [Fact]
    public void PointersOfOldProgramsAreAGap()
    {
        var program = Programs.Go("go1.17", Modules);
        program[64 + 15] = 0;
        Assert.Single(Extractor.Extract("app", program).Gaps!);
    }

    [Fact]
    public void AProgramCutAnywhereHoldsNothingOrAllAndDamageNeverThrows()
    {
        var program = Programs.Go("go1.22.3", Modules);
        for (var cut = 0; cut < program.Length; cut++)
        {
            Assert.True(Extractor.Extract("app", program.AsSpan(0, cut)).Packages.Count is 0 or 5);
        }

        var random = new Random(20261124);
        for (var round = 0; round < 5_000; round++)
        {
            byte[] damaged = [.. program];
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            _ = Extractor.Extract("app", damaged);
        }
    }

    [Theory]
    [InlineData("golang.org/x/net", "v0.17.0", "pkg:golang/golang.org/x/net@v0.17.0", "0.17.0")]
    [InlineData("stdlib", "1.21rc2", "pkg:golang/stdlib@1.21rc2", "1.21.0-rc.2")]
    [InlineData("stdlib", "1.22.3-fips", "pkg:golang/stdlib@1.22.3-fips", "1.22.3")]
    public void AdvisoriesNameVersionsWithoutV(string name, string version, string purl, string advisoryVersion)
    {
        var identity = ComponentIdentity.Of(new FoundPackage("golang", name, version), null);
        Assert.Equal((purl, advisoryVersion, name, "Go"), (identity.Purl, identity.AdvisoryVersion, identity.AdvisoryName, identity.Ecosystem));
    }

    [FileFact("/usr/bin/skopeo")]
    public void ARealProgramTellsItsGoRelease()
    {
        var content = File.ReadAllBytes("/usr/bin/skopeo");
        Assert.True(Extractor.WantsHead("usr/bin/skopeo", content.AsSpan(0, IPackageExtractor.HeadLength)));
        Assert.StartsWith("1.", Extractor.Extract("usr/bin/skopeo", content).Packages.Single(package => package.Name == "stdlib").Version, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(FileScan scan) => scan.Packages.Select(package => $"{package.Name}@{package.Version}");
}
