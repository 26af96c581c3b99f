using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Makes small programs that hold what extractors look for in large ones.</summary>
internal static class Programs
{
    /// <summary>The deps.json of <see cref="Bundle()"/>: A 1.2.3.</summary>
    public static ReadOnlySpan<byte> BundledDeps => """{"runtimeTarget":{"name":"t"},"targets":{"t":{"A/1.2.3":{"runtime":{"a.dll":{}}}}},"libraries":{"A/1.2.3":{"type":"package"}}}"""u8;

    // A header at offset 64, as the linker writes it: magic, pointer size, the flag for "inline", sixteen unused bytes, then both texts.
    public static byte[] Go(string version, string modules)
    {
        var framed = $"0123456789abcdef{modules}fedcba9876543210";
        return [0x7f, .. "ELF"u8, .. new byte[60], 0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], .. Text(version), .. Text(framed), .. new byte[512]];
    }

    private static byte[] Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length < 0x80 ? [(byte)length, .. Encoding.UTF8.GetBytes(text)] : [(byte)(length | 0x80), (byte)(length >> 7), .. Encoding.UTF8.GetBytes(text)];
    }

    // One segment at address 0x400000 holds all: the header at 256 with two addresses, the string headers, the texts.
    public static byte[] OldGo(int word, bool isBig, string version, string modules)
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

    // Header offset and signature at 100, the deps.json at 200, the header of major version 6 behind it.
    public static byte[] Bundle() => Bundle(BundledDeps);

    /// <summary>A single-file .NET program that holds this deps.json.</summary>
    public static byte[] Bundle(ReadOnlySpan<byte> deps)
    {
        byte[] bundle = [0x7f, .. "ELF"u8, .. new byte[104], .. SHA256.HashData(".net core bundle\n"u8), .. new byte[60], .. deps,
            6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, (byte)'i', (byte)'d', .. new byte[40]];
        var header = 200 + deps.Length;
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(100), header);
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(header + 15), 200);
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(header + 23), deps.Length);
        return bundle;
    }

    public static byte[] Zlib(string text) => Zlib(Encoding.UTF8.GetBytes(text));

    public static byte[] Zlib(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>A program with one section; forms are elf64, elf32, elf64-big, pe and macho.</summary>
    public static byte[] WithSection(string form, byte[] section, string name = ".dep-v0") => form switch
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
