using System.Xml;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>What <c>packages.config</c> of a .NET Framework project names (learn.microsoft.com, "packages.config reference").</summary>
internal sealed class PackagesConfigExtractor(FormatLimits limits) : IPackageExtractor
{
    private readonly XmlReaderSettings _settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = limits.LockFileBytes, IgnoreComments = true, IgnoreProcessingInstructions = true,
    };

    public string Id => "packages-config";
    public int Version => 1;
    public int MaxFileSize => limits.LockFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["packages.config"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        _ = PathSuffix.Folder(path, out var name);
        return name.Equals("packages.config", StringComparison.OrdinalIgnoreCase);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var declared = new DeclaredList(path, "nuget", limits);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray()), _settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "packages")
            {
                throw new InvalidDataException("The file lists no packages.");
            }

            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "package" })
                {
                    declared.Add(reader.GetAttribute("id"), reader.GetAttribute("version"));
                }
            }
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException($"The file is no XML: {exception.Message}", exception);
        }

        return declared.ToScan();
    }
}
