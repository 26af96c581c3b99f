using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Modules of a Go program: the build information that the linker leaves in it (golang/go, debug/buildinfo).</summary>
internal sealed class GoExtractor(FormatLimits limits) : IPackageExtractor
{
    private const int HeaderLength = 32;
    private const int FrameLength = 16;
    private const int PackerSearch = 1024;

    public string Id => "go";
    public int Version => 3;
    public int MaxFileSize => limits.ProgramBytes;

    private static ReadOnlySpan<byte> Magic =>
    [
        0xff, (byte)' ', (byte)'G', (byte)'o', (byte)' ', (byte)'b', (byte)'u', (byte)'i', (byte)'l', (byte)'d', (byte)'i', (byte)'n', (byte)'f', (byte)':',
    ];

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => ProgramFile.Is(head);

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        // UPX marks its loader with these letters, right behind the program headers.
        if (content[..Math.Min(content.Length, PackerSearch)].IndexOf("UPX!"u8) >= 0)
        {
            return Gap(path, "The program is packed with UPX; what it holds is unknown.");
        }

        FileScan? unread = null;
        // Programs that read build information hold the magic as a constant too; only the header that parses counts.
        for (var start = 0; content[start..].IndexOf(Magic) is var found and >= 0; start += found + 1)
        {
            var header = content[(start + found)..];
            if (header.Length < HeaderLength || header[14] is not (4 or 8))
            {
                continue;
            }

            if ((header[15] & 2) == 0)
            {
                var read = ReadByAddress(path, content, header);
                if (read.Packages.Count > 0)
                {
                    return read;
                }

                unread ??= read;
                continue;
            }

            var rest = header[HeaderLength..];
            if (TryText(ref rest, out var version) && TryText(ref rest, out var modules) && (version.StartsWith("go"u8) || version.StartsWith("devel"u8)))
            {
                if (Math.Max(version.Length, modules.Length) > limits.GoModuleBytes)
                {
                    unread ??= TooLarge(path);
                    continue;
                }

                return GoModules.Read(path, limits, Encoding.UTF8.GetString(version), Encoding.UTF8.GetString(Unframed(modules)));
            }
        }

        return unread ?? FileScan.Empty;
    }

    // Before Go 1.18 the header held the addresses of two strings.
    private FileScan ReadByAddress(string path, ReadOnlySpan<byte> program, ReadOnlySpan<byte> header)
    {
        const int pointers = 16;
        int size = header[14];
        if (size is not (4 or 8) || !ElfMemory.TryOpen(program, limits.Sections, out var memory))
        {
            return Gap(path, "The program was built with Go before 1.18 for another system than Linux; its modules are not read.");
        }

        var version = memory.GoString(memory.Pointer(header[pointers..]));
        if (!version.StartsWith("go"u8))
        {
            return Gap(path, "The program was built with Go before 1.18, and its build information leads nowhere.");
        }

        var modules = memory.GoString(memory.Pointer(header[(pointers + size)..]));
        return Math.Max(version.Length, modules.Length) > limits.GoModuleBytes ? TooLarge(path)
            : GoModules.Read(path, limits, Encoding.UTF8.GetString(version), Encoding.UTF8.GetString(Unframed(modules)));
    }

    private FileScan TooLarge(string path) => new([], null, [new ScanGap(ScanGapKind.Limit, path, $"The Go program's list of modules is larger than {limits.GoModuleBytes} bytes.")]);

    // The linker puts sixteen bytes before and after the text, so that it can be found in memory.
    private static ReadOnlySpan<byte> Unframed(ReadOnlySpan<byte> text) =>
        text.Length >= (2 * FrameLength) + 1 && text[^(FrameLength + 1)] == '\n' ? text[FrameLength..^FrameLength] : [];

    // A length as a varint, then so many bytes.
    private static bool TryText(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> text)
    {
        var length = 0;
        for (var at = 0; at < 4 && at < input.Length; at++)
        {
            length |= (input[at] & 0x7f) << (7 * at);
            if (input[at] < 0x80)
            {
                input = input[(at + 1)..];
                var isWhole = length <= input.Length;
                text = isWhole ? input[..length] : default;
                input = isWhole ? input[length..] : default;
                return isWhole;
            }
        }

        text = default;
        return false;
    }

    private static FileScan Gap(string path, string reason) => new([], null, [new ScanGap(ScanGapKind.Unsupported, path, reason)]);
}
