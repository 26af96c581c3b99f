using System.Text;
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
        var scan = Extractor.Extract("app", Program("go1.22.3 X:boringcrypto", Modules));
        Assert.Contains("in place of example.com/local;", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
        Assert.Equal(["stdlib@1.22.3", "example.com/app@v1.4.0", "golang.org/x/net@v0.17.0", "github.com/new/dep@v1.0.1", "example.com/local@(devel)"], Names(scan));
    }

    [Fact]
    public void AWorkingCopyHasNoVersionAndMissingModulesAreAGap()
    {
        var scan = Extractor.Extract("app", Program("go1.26-X:nodwarf5", "path\ta/b\nmod\ta/b\t(devel)\t\n"));
        Assert.Equal(["stdlib@1.26", "a/b@(devel)"], Names(scan));
        Assert.Single(scan.Gaps!);
    }

    [Fact]
    public void TheMagicAsAConstantIsNoHeader() =>
        Assert.Equal(5, Extractor.Extract("app", [.. Program("go1.22.3", Modules).AsSpan(0, 96), .. Program("go1.22.3", Modules)]).Packages.Count);

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
        var scan = Extractor.Extract("app", Program("go1.22.3", $"path\ta/b\nmod\ta/b\t(devel)\t\ndep\tx/y\tv1.0.0\th1:x=\nbuild\t-ldflags={flags}\n"));
        Assert.Equal(["stdlib@1.22.3", $"a/b@{expected}", "x/y@v1.0.0"], Names(scan));
        Assert.Null(scan.Gaps);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(4, false)]
    public void OldProgramsAreReadByTheAddressesInThem(int word, bool isBig)
    {
        var program = OldProgram(word, isBig, "go1.17.5", "path\ta/b\nmod\ta/b\tv1.0.0\th1:x=\ndep\tx/y\tv1.2.0\th1:x=\n");
        Assert.Equal(["stdlib@1.17.5", "a/b@v1.0.0", "x/y@v1.2.0"], Names(Extractor.Extract("app", program)));
        for (var cut = 64; cut < program.Length; cut++)
        {
            Assert.True(Extractor.Extract("app", program.AsSpan(0, cut)).Packages.Count is 0 or 1);
        }
    }

    [Fact]
    public void PointersOfOldProgramsAreAGap()
    {
        var program = Program("go1.17", Modules);
        program[64 + 15] = 0;
        Assert.Single(Extractor.Extract("app", program).Gaps!);
    }

    [Fact]
    public void AProgramCutAnywhereHoldsNothingOrAllAndDamageNeverThrows()
    {
        var program = Program("go1.22.3", Modules);
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
    [InlineData("stdlib", "1.21rc2", "pkg:golang/stdlib@1.21rc2", "1.21-rc.2")]
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

    // A header at offset 64, as the linker writes it: magic, pointer size, the flag for "inline", sixteen unused bytes, then both texts.
    private static byte[] Program(string version, string modules)
    {
        var framed = $"0123456789abcdef{modules}fedcba9876543210";
        return [0x7f, .. "ELF"u8, .. new byte[60], 0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], .. Text(version), .. Text(framed), .. new byte[512]];
    }

    // One segment at address 0x400000 holds all: the header at 256 with two addresses, the string headers, the texts.
    private static byte[] OldProgram(int word, bool isBig, string version, string modules)
    {
        const int address = 0x400000, header = 256, strings = 320, texts = 384;
        var framed = $"0123456789abcdef{modules}fedcba9876543210";
        var program = new byte[texts + version.Length + framed.Length];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(word == 8 ? 2 : 1), (byte)(isBig ? 2 : 1) }.CopyTo(program, 0);
        Put(word == 8 ? 32 : 28, 64, word);
        Put(word == 8 ? 54 : 42, word == 8 ? 56 : 32, 2);
        Put(word == 8 ? 56 : 44, 1, 2);
        Put(64, 1, 4);
        Put(64 + (word == 8 ? 16 : 8), address, word);
        Put(64 + (word == 8 ? 32 : 16), program.Length, word);
        byte[] magic = [0xff, .. " Go buildinf:"u8, (byte)word, (byte)(isBig ? 1 : 0)];
        magic.CopyTo(program, header);
        Put(header + 16, address + strings, word);
        Put(header + 16 + word, address + strings + (2 * word), word);
        Put(strings, address + texts, word);
        Put(strings + word, version.Length, word);
        Put(strings + (2 * word), address + texts + version.Length, word);
        Put(strings + (3 * word), framed.Length, word);
        Encoding.ASCII.GetBytes(version + framed).CopyTo(program, texts);
        return program;

        void Put(int at, int value, int length)
        {
            for (var i = 0; i < length; i++)
            {
                program[isBig ? at + length - 1 - i : at + i] = i < 4 ? (byte)(value >> (8 * i)) : (byte)0;
            }
        }
    }

    private static byte[] Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length < 0x80 ? [(byte)length, .. Encoding.UTF8.GetBytes(text)] : [(byte)(length | 0x80), (byte)(length >> 7), .. Encoding.UTF8.GetBytes(text)];
    }
}
