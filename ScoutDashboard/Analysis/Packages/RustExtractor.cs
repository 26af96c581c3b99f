using System.IO.Compression;
using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Crates of a Rust program that was built with cargo-auditable: the section <c>.dep-v0</c>, zlib over JSON (rust-secure-code/cargo-auditable, PARSING.md).</summary>
internal sealed class RustExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string List = "The program's list of crates";

    public string Id => "rust";
    public int Version => 2;
    public int MaxFileSize => limits.ProgramBytes;

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => ProgramFile.Is(head);

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var section = ProgramSections.Find(content, ".dep-v0"u8, limits.Sections);
        return section.IsEmpty ? FileScan.Empty : JsonDocuments.Read(Unpack(section), limits, root => Read(path, root));
    }

    private FileScan Read(string path, JsonElement root)
    {
        var packages = new PackageList(path, limits);
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

    private byte[] Unpack(ReadOnlySpan<byte> section)
    {
        // Deflate makes nothing much longer: this one can't be within the limit, and is not even copied.
        if (section.Length > (2L * limits.CargoAuditableBytes) + 1024)
        {
            throw new FormatLimitException($"{List} is larger than {limits.CargoAuditableBytes} bytes.");
        }

        using var packed = new MemoryStream(section.ToArray(), writable: false);
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        return Unpacking.ReadAll(stream, limits.CargoAuditableBytes, List);
    }
}
