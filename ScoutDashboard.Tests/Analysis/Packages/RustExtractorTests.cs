using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
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
        var scan = Extractor.Extract("app", Program(form, Zlib(Crates)));
        Assert.Equal(["serde@1.0.200", "old@0.9.1"], scan.Packages.Select(p => $"{p.Name}@{p.Version}"));
        Assert.Contains("1 entries", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void CutOrDamagedProgramsNeverHoldLess(string form)
    {
        var program = Program(form, Zlib(Crates));
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
    public void AListThatGrowsWithoutEndIsMalformed() =>
        Assert.Throws<InvalidDataException>(() => Extractor.Extract("app", Program("elf64", Zlib(new string(' ', 9 << 20)))));

    [Fact]
    public void AnotherProgramHoldsNothing() => Assert.True(Extractor.Extract("app", Program("elf64", Zlib(Crates), ".text")).IsEmpty);

    private static FileScan? Try(ReadOnlySpan<byte> program)
    {
        try
        {
            return Extractor.Extract("app", program);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private static byte[] Zlib(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static byte[] Program(string form, byte[] section, string name = ".dep-v0") => form switch
    {
        "pe" => Pe(section, name),
        "macho" => MachO(section, name),
        _ => Elf(section, name, is64: !form.StartsWith("elf32", StringComparison.Ordinal), isBig: form.EndsWith("big", StringComparison.Ordinal)),
    };

    // Header, the section, the names, then three section headers: none, ours, the names.
    private static byte[] Elf(byte[] section, string name, bool is64, bool isBig)
    {
        var names = Encoding.ASCII.GetBytes($"\0{name}x\0{name}\0");
        var (headLength, entry) = is64 ? (64, 64) : (52, 40);
        var table = headLength + section.Length + names.Length;
        var file = new byte[table + (3 * entry)];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(is64 ? 2 : 1), (byte)(isBig ? 2 : 1) }.CopyTo(file, 0);
        section.CopyTo(file, headLength);
        names.CopyTo(file, headLength + section.Length);
        Number(is64 ? 40 : 32, table, is64 ? 8 : 4);
        Number(is64 ? 58 : 46, entry, 2);
        Number(is64 ? 60 : 48, 3, 2);
        Number(is64 ? 62 : 50, 2, 2);
        Header(1, name.Length + 3, headLength, section.Length);
        Header(2, 0, headLength + section.Length, names.Length);
        return file;

        void Header(int index, int nameAt, int offset, int length)
        {
            var at = table + (index * entry);
            Number(at, nameAt, 4);
            Number(at + (is64 ? 24 : 16), offset, is64 ? 8 : 4);
            Number(at + (is64 ? 32 : 20), length, is64 ? 8 : 4);
        }

        void Number(int at, int value, int length)
        {
            for (var i = 0; i < length; i++)
            {
                file[isBig ? at + length - 1 - i : at + i] = i < 4 ? (byte)(value >> (8 * i)) : (byte)0;
            }
        }
    }

    private static byte[] Pe(byte[] section, string name)
    {
        var file = new byte[0x200 + section.Length + 64];
        "MZ"u8.CopyTo(file);
        file[0x3c] = 0x80;
        "PE\0\0"u8.CopyTo(file.AsSpan(0x80));
        file[0x86] = 1;
        var at = 0x80 + 24;
        Encoding.ASCII.GetBytes(name).CopyTo(file, at);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 8), section.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 16), section.Length + 64);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 20), 0x200);
        section.CopyTo(file, 0x200);
        return file;
    }

    private static byte[] MachO(byte[] section, string name)
    {
        var file = new byte[32 + 72 + 80 + section.Length];
        new byte[] { 0xcf, 0xfa, 0xed, 0xfe }.CopyTo(file, 0);
        file[16] = 1;
        file[32] = 0x19;
        file[36] = 152;
        file[32 + 64] = 1;
        var at = 32 + 72;
        Encoding.ASCII.GetBytes(name).CopyTo(file, at);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at + 40), section.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 48), at + 80);
        section.CopyTo(file, at + 80);
        return file;
    }
}
