using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages.Java;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Hits each limit inside a format, and stays just below it: a gap tells where and why, and what lies beside it is still found.</summary>
public sealed class FormatLimitTests
{
    private static readonly (string Name, byte[] Content) Good = ("lib/good-1.jar", Jar.Library("g", "good", "1"));

    [Theory]
    [InlineData(100_000, null)]
    [InlineData(100_001, "The zip has more than 100000 members.")]
    public void AnArchiveHasAtMost100000Members(int count, string? reason)
    {
        var many = Jar.Of([.. Enumerable.Range(1, count - 1).Select(number => ($"{number}", "")), Jar.Pom("g", "many", "1")]);
        AssertInner("lib/many.jar", many, reason);
    }

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, "A member's name is longer than 4096 bytes.")]
    public void AMembersNameHasAtMost4096Bytes(int length, string? reason) =>
        AssertInner("lib/many.jar", Jar.Of(Jar.Pom("g", "many", "1"), (new string('x', length), "")), reason);

    [Theory]
    [InlineData(512, null)]
    [InlineData(513, "The archive's path is longer than 512 characters.")]
    public void APathInsideAnArchiveHasAtMost512Characters(int length, string? reason) =>
        AssertInner($"{new string('x', length - "!/.jar".Length)}.jar", Jar.Library("g", "many", "1"), reason);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "The member is larger than 10485760 bytes.")]
    public void ATextOfAnArchiveHasAtMost10Mebibytes(int more, string? reason)
    {
        var (name, text) = Jar.Pom("g", "many", "1");
        var scan = Extraction.Of("a.jar", Jar.Of((name, Encoding.UTF8.GetBytes(text + "#".PadRight((10 << 20) + more - text.Length, 'x'))), Good));
        Assert.Equal(reason is null ? ["many", "good"] : ["good"], scan.Packages.Select(Artifact));
        AssertGap(reason, $"a.jar!/{name}", scan.Gaps?.Take(2).Where(gap => gap.Path.Contains('!', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(50, null)]
    [InlineData(51, "1 more gaps of this archive are not listed.")]
    public void AnArchiveHasAtMost50GapsAndTellsOfMore(int broken, string? reason)
    {
        var scan = Extraction.Of("a.jar", Jar.Of([.. Enumerable.Range(0, broken).Select(number => ($"lib/{number}.jar", "broken"u8.ToArray())),
            Good, (Jar.Pom("g", "outer", "1").Name, Encoding.UTF8.GetBytes(Jar.Pom("g", "outer", "1").Content))]));
        Assert.Equal(["outer", "good"], scan.Packages.Select(Artifact));
        Assert.Equal(50, scan.Gaps!.Count(gap => gap.Kind == ScanGapKind.Malformed));
        AssertGap(reason, "a.jar", scan.Gaps!.Skip(50));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "The Go program's list of modules is larger than 8388608 bytes.")]
    public async Task TheModulesOfAGoProgramHaveAtMost8Mebibytes(int more, string? reason)
    {
        const string modules = "0123456789abcdefpath\ta/b\nmod\ta/b\tv1.0.0\th1:x=\ndep\tx/y\tv1.2.0\th1:x=\nbuild\tk=";
        const string end = "\nfedcba9876543210";
        var framed = modules.PadRight((8 << 20) + more - end.Length, 'x') + end;
        byte[] program = [0x7f, .. "ELF"u8, .. new byte[60], 0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], 8, .. "go1.22.3"u8,
            .. Enumerable.Range(0, 4).Select(at => (byte)(((framed.Length >> (7 * at)) & 0x7f) | (at < 3 ? 0x80 : 0))), .. Encoding.ASCII.GetBytes(framed)];
        await AssertFileAsync("usr/bin/app", program, reason is null ? ["stdlib", "a/b", "x/y"] : [], reason);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "The file could not be read: The deps.json of the .NET bundle is larger than 16777216 bytes.")]
    public Task TheDepsFileOfABundleHasAtMost16Mebibytes(int more, string? reason) =>
        AssertFileAsync("app/app", Programs.Bundle([.. Programs.BundledDeps, .. Enumerable.Repeat((byte)' ', (16 << 20) + more - Programs.BundledDeps.Length)]), reason is null ? ["A"] : [], reason);

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, "The file could not be read: The program has more than 4096 sections.")]
    public Task AProgramHasAtMost4096Sections(int count, string? reason)
    {
        var program = Programs.WithSection("elf64", Programs.Zlib("""{"packages":[{"name":"serde","version":"1.0.0","source":"crates.io"}]}"""));
        byte[] padded = [.. program, .. new byte[(count - 3) * 64]];
        BitConverter.TryWriteBytes(padded.AsSpan(60), (ushort)count);
        return AssertFileAsync("usr/bin/app", padded, reason is null ? ["serde"] : [], reason);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "1 packages of this database have more than 16777216 bytes each; they were not read.")]
    public Task TheHeaderOfAnRpmHasAtMost16Mebibytes(int more, string? reason)
    {
        var length = (16 << 20) + more;
        // One byte of padding is the least that makes the tag be there.
        var large = RpmDatabases.Header("large", "1", "1", padding: length - RpmDatabases.Header("large", "1", "1", padding: 1).Length + 1);
        Assert.Equal(length, large.Length);
        return AssertFileAsync("var/lib/rpm/Packages.db", RpmDatabases.Ndb(large, RpmDatabases.Header("small", "1", "1")), reason is null ? ["large", "small"] : ["small"], reason);
    }

    [Theory]
    [InlineData("elf64")]
    [InlineData("elf32")]
    [InlineData("elf64-big")]
    public void ACountOfSectionsThatHasNoRoomInTheHeaderStandsInTheFirstSection(string form)
    {
        var program = Programs.WithSection(form, Programs.Zlib("""{"packages":[{"name":"serde","version":"1.0.0","source":"crates.io"}]}"""));
        var (is64, isBig) = (form != "elf32", form == "elf64-big");
        var (first, size, link) = (program.Length - (3 * (is64 ? 64 : 40)), is64 ? 32 : 20, is64 ? 40 : 24);
        Move(is64 ? 60 : 48, size + (isBig && is64 ? 6 : isBig ? 2 : 0), 0);
        Move(is64 ? 62 : 50, link + (isBig ? 2 : 0), 0xff);
        Assert.Equal(["serde"], Rust(new FormatLimits { Sections = 3 }).Extract("app", program).Packages.Select(package => package.Name));
        Assert.Contains("more than 2 sections", Assert.Throws<FormatLimitException>(() => Rust(new FormatLimits { Sections = 2 }).Extract("app", program)).Message, StringComparison.Ordinal);

        void Move(int header, int section, byte left)
        {
            program.AsSpan(header, 2).CopyTo(program.AsSpan(first + section));
            program.AsSpan(header, 2).Fill(left);
        }
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "The file could not be read: More than 200 texts of the program look like its version.")]
    public Task OfAProgramAtMost200TextsThatLookLikeItsVersionAreLookedAt(int count, string? reason)
    {
        var text = string.Concat(Enumerable.Range(1, count - 1).Select(number => $"\09.{number}.1")) + "\07.2.4\0 7.2.4buildkitsandbox-1706123456000000000\0";
        return AssertFileAsync("usr/bin/redis-server", [0x7f, .. "ELF"u8, .. new byte[64], .. Encoding.ASCII.GetBytes(text)], reason is null ? ["redis"] : [], reason);
    }

    private static IPackageExtractor Rust(FormatLimits limits) => PackageExtractors.Under(limits).Single(extractor => extractor.Id == "rust");

    private static void AssertInner(string name, byte[] inner, string? reason)
    {
        var scan = Extraction.Of("a.jar", Jar.Of((name, inner), Good, (Jar.Pom("g", "outer", "1").Name, Encoding.UTF8.GetBytes(Jar.Pom("g", "outer", "1").Content))));
        Assert.Equal(reason is null ? ["outer", "many", "good"] : ["outer", "good"], scan.Packages.Select(Artifact));
        AssertGap(reason, $"a.jar!/{name}", scan.Gaps);
    }

    private static void AssertGap(string? reason, string path, IEnumerable<ScanGap>? gaps)
    {
        if (reason is null)
        {
            Assert.Empty(gaps ?? []);
            return;
        }

        var gap = Assert.Single(gaps ?? []);
        Assert.EndsWith(reason, gap.Reason, StringComparison.Ordinal);
        // What is shown of a path ends at 500 characters.
        Assert.StartsWith(path[..Math.Min(path.Length, 490)], gap.Path, StringComparison.Ordinal);
    }

    private static async Task AssertFileAsync(string path, byte[] content, IEnumerable<string> packages, string? reason)
    {
        var blob = new LayerTar().File(path, content).File("app/node_modules/beside/package.json", """{"name":"beside","version":"1.0.0"}""").ToArray();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        var merged = LayerMerge.Merge([scan], new AnalysisLimits());
        Assert.Equal([.. packages, "beside"], scan.Detections.SelectMany(found => found.Scan!.Packages).Select(package => package.Name));
        AssertGap(reason, path, merged.Gaps);
    }

    private static string Artifact(FoundPackage package) => package.Name.Split(':')[^1];
}
