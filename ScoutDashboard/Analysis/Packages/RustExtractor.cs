using System.IO.Compression;
using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Crates of a Rust program that was built with cargo-auditable: the section <c>.dep-v0</c>, zlib over JSON (rust-secure-code/cargo-auditable, PARSING.md).</summary>
internal sealed class RustExtractor : IPackageExtractor
{
    private const int MaxUnpacked = 8 << 20;

    public string Id => "rust";
    public int Version => 2;
    public int MaxFileSize => ProgramFile.MaxSize;

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => ProgramFile.Is(head);

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var section = ProgramSections.Find(content, ".dep-v0"u8);
        return section.IsEmpty ? FileScan.Empty : JsonDocuments.Read(Unpack(section), root => Read(path, root));
    }

    private static FileScan Read(string path, JsonElement root)
    {
        var packages = new PackageList(path);
        foreach (var entry in root.Items("packages"))
        {
            // What only built the program is not in it.
            if (entry.Text("kind") is "build" or "dev" or "development")
            {
                continue;
            }

            if (entry.Text("name") is not { } name || entry.Text("version") is not { } version)
            {
                packages.AddUnreadable();
            }
            else if (entry.Text("source") is "crates.io" or "registry")
            {
                packages.Add(new FoundPackage("cargo", name, version));
            }
        }

        return packages.ToScan();
    }

    private static byte[] Unpack(ReadOnlySpan<byte> section)
    {
        using var packed = new MemoryStream(section.ToArray(), writable: false);
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        return Unpacking.ReadAll(stream, MaxUnpacked, "The program's list of crates");
    }
}
