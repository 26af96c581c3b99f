using System.Buffers.Binary;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// NuGet packages of a .NET single-file program: the deps.json that its bundle holds (dotnet/runtime, docs/design/features/single-file/design.md).
/// </summary>
internal sealed class DotNetBundleExtractor(FormatLimits limits) : IPackageExtractor
{
    private readonly DotNetDepsExtractor _deps = new(limits);

    public string Id => "dotnet-bundle";
    public int Version => 2;
    public int MaxFileSize => limits.ProgramBytes;

    // SHA-256 of ".net core bundle\n"; the eight bytes before it tell where the bundle's header is.
    private static ReadOnlySpan<byte> Signature =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => ProgramFile.Is(head);

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var signature = content.IndexOf(Signature);
        var offset = signature < sizeof(long) ? 0 : BinaryPrimitives.ReadInt64LittleEndian(content[(signature - sizeof(long))..]);
        if (offset == 0)
        {
            // Offset 0 is the plain host, whose app lies beside it.
            return FileScan.Empty;
        }

        var header = Slice(content, offset, content.Length - offset);
        var idLength = header.Length > 12 ? header[12] : 0;
        if (header.Length < 13 + idLength + 16 || idLength >= 0x80)
        {
            throw new InvalidDataException("The header of the .NET bundle is cut off.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header) < 2)
        {
            return new FileScan([], null, [new ScanGap(ScanGapKind.Unsupported, path, "The .NET program was bundled before .NET 5; its packages are not read.")]);
        }

        var depsOffset = BinaryPrimitives.ReadInt64LittleEndian(header[(13 + idLength)..]);
        var depsSize = BinaryPrimitives.ReadInt64LittleEndian(header[(21 + idLength)..]);
        if (depsSize > _deps.MaxFileSize)
        {
            throw new FormatLimitException($"The deps.json of the .NET bundle is larger than {_deps.MaxFileSize} bytes.");
        }

        return depsOffset == 0
            ? new FileScan([], null, [new ScanGap(ScanGapKind.Unsupported, path, "The .NET bundle holds no deps.json, so its packages are unknown.")])
            : _deps.Extract(path, Slice(content, depsOffset, depsSize));
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> content, long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= content.Length && length <= content.Length - offset
            ? content.Slice((int)offset, (int)length)
            : throw new InvalidDataException("The .NET bundle points beyond the end of the program.");
}
