using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Modules of a Go program: the build information that the linker leaves in it (golang/go, debug/buildinfo; inline since Go 1.18).</summary>
internal sealed class GoExtractor : IPackageExtractor
{
    private const int HeaderLength = 32;
    private const int MaxModuleBytes = 8 << 20;
    private const int FrameLength = 16;
    private const int PackerSearch = 1024;

    public string Id => "go";
    public int Version => 1;
    public int MaxFileSize => ProgramFile.MaxSize;

    private static ReadOnlySpan<byte> Magic =>
    [
        0xff, (byte)' ', (byte)'G', (byte)'o', (byte)' ', (byte)'b', (byte)'u', (byte)'i', (byte)'l', (byte)'d', (byte)'i', (byte)'n', (byte)'f', (byte)':',
    ];

    public bool Wants(ReadOnlySpan<char> path) => false;

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => ProgramFile.Is(head);

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        // UPX marks its loader with these letters, right behind the program headers.
        if (content[..Math.Min(content.Length, PackerSearch)].IndexOf("UPX!"u8) >= 0)
        {
            return Gap(path, "The program is packed with UPX; what it holds is unknown.");
        }

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
                return Gap(path, "The program was built with Go before 1.18; its modules are not read.");
            }

            var rest = header[HeaderLength..];
            if (TryText(ref rest, out var version) && TryText(ref rest, out var modules) && (version.StartsWith("go"u8) || version.StartsWith("devel"u8)))
            {
                return Read(path, Encoding.UTF8.GetString(version), Encoding.UTF8.GetString(Unframed(modules)));
            }
        }

        return FileScan.Empty;
    }

    private static FileScan Read(string path, string goVersion, string modules)
    {
        var packages = new PackageList(path);
        packages.Add(new FoundPackage("golang", "stdlib", StdlibVersion(goVersion)));
        (string Path, string Version)? dependency = null;
        var dependencies = 0;
        foreach (var line in modules.Split('\n'))
        {
            var fields = line.Split('\t');
            if (fields is ["=>", var newPath, var newVersion, ..])
            {
                // A replacement by a folder has no version: what it holds is the builder's own.
                dependency = newVersion.Length > 0 ? (newPath, newVersion) : null;
                continue;
            }

            Add(packages, dependency);
            dependency = null;
            if (fields is ["mod" or "dep", var name, var version, ..])
            {
                dependencies += fields[0] == "dep" ? 1 : 0;
                dependency = (name, version);
            }
        }

        Add(packages, dependency);
        var scan = packages.ToScan();
        return dependencies > 0 ? scan : scan with
        {
            Gaps = [.. scan.Gaps ?? [], new ScanGap(ScanGapKind.Unsupported, path, "The Go program does not tell which modules it was built from.")],
        };
    }

    // "(devel)" is no version: the program was built from a working copy.
    private static void Add(PackageList packages, (string Path, string Version)? module)
    {
        if (module is { Version: not ("(devel)" or "") } known)
        {
            packages.Add(new FoundPackage("golang", known.Path, known.Version));
        }
    }

    // "go1.22.3", "go1.22.3 X:boringcrypto", "go1.26-X:nodwarf5", "devel go1.23-a1b2c3 Thu …".
    private static string StdlibVersion(string text)
    {
        var word = text.Split(' ').FirstOrDefault(part => part.StartsWith("go", StringComparison.Ordinal)) ?? "unknown";
        word = word.StartsWith("go", StringComparison.Ordinal) ? word[2..] : word;
        return word.IndexOf("-X:", StringComparison.Ordinal) is var experiment and > 0 ? word[..experiment] : word;
    }

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
                var isWhole = length <= input.Length && length <= MaxModuleBytes;
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
