using System.Text.Json;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class RustExtractorTests
{
    private const string Crates = """
        {"packages":[{"name":"app","version":"0.1.0","source":"local","root":true,"dependencies":[1]},{"name":"serde","version":"1.0.200","source":"crates.io"},
        {"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},{"name":"old","version":"0.9.1","source":"registry","kind":"runtime"},{"name":"forked","version":"2.0.0","source":"git"},{"name":"bad"}]}
        """;

    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "rust");

    public static TheoryData<string> Forms => ["elf64", "elf32", "elf64-big", "pe", "macho"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void CratesOfTheRegistryThatRunAreRead(string form)
    {
        var scan = Extractor.Extract("app", Programs.WithSection(form, Programs.Zlib(Crates)));
        Assert.Equal(["serde@1.0.200", "old@0.9.1"], scan.Packages.Select(p => $"{p.Name}@{p.Version}"));
        Assert.Contains("1 entries", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void CutOrDamagedProgramsNeverHoldLess(string form)
    {
        var program = Programs.WithSection(form, Programs.Zlib(Crates));
        for (var cut = 64; cut < program.Length; cut++)
        {
            Assert.True(Try(program.AsSpan(0, cut)) is null or { IsEmpty: true } or { Packages.Count: 2 });
        }

        var random = new Random(20261124);
        for (var round = 0; round < 3_000; round++)
        {
            byte[] damaged = [.. program];
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            _ = Try(damaged);
        }
    }

    [Fact]
    public void AListThatGrowsWithoutEndIsOverALimit() =>
        Assert.Throws<FormatLimitException>(() => Extractor.Extract("app", Programs.WithSection("elf64", Programs.Zlib(new string(' ', 9 << 20)))));

    [Fact]
    public void AnotherProgramHoldsNothing() => Assert.True(Extractor.Extract("app", Programs.WithSection("elf64", Programs.Zlib(Crates), ".text")).IsEmpty);

    private static FileScan? Try(ReadOnlySpan<byte> program)
    {
        try
        {
            return Extractor.Extract("app", program);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
        {
            return null;
        }
    }
}
