using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// A .NET assembly by its own metadata (ECMA-335, II.22.2): the name and informational version are those of its NuGet package as a rule. For apps without a
/// deps.json, those of .NET Framework above all; where a deps.json lies above the file, that one counts instead.
/// </summary>
internal sealed class DotNetAssemblyExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string VersionAttribute = "AssemblyInformationalVersionAttribute";

    // What the operating system, .NET Framework or Mono brings is of their release, not of a NuGet package.
    private static readonly string[] Platforms =
        ["Files/Windows/", "Windows/", "Files/Program Files/dotnet/", "UtilityVM/", "usr/lib/mono/", "usr/lib/cli/", "usr/share/dotnet/", "usr/lib/dotnet/", "usr/lib64/dotnet/"];

    public string Id => "dotnet-assembly";
    public int Version => 1;
    public int MaxFileSize => limits.AssemblyBytes;

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head)
    {
        if (head is not [(byte)'M', (byte)'Z', ..] || path.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var platform in Platforms)
        {
            if (path.StartsWith(platform, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            using var file = new MemoryStream(content.ToArray(), writable: false);
            using var program = new PEReader(file);
            return program.HasMetadata ? Read(path, program.GetMetadataReader()) : FileScan.Empty;
        }
        catch (BadImageFormatException)
        {
            // A native program, or one that .NET would not load either.
            return FileScan.Empty;
        }
    }

    private FileScan Read(string path, MetadataReader reader)
    {
        if (!reader.IsAssembly)
        {
            return FileScan.Empty;
        }

        var assembly = reader.GetAssemblyDefinition();
        var version = InformationalVersion(reader, assembly) ?? assembly.Version.ToString();
        var packages = new PackageList(path, limits);
        packages.Add(new FoundPackage("nuget", reader.GetString(assembly.Name), version));
        return packages.ToScan();
    }

    // "13.0.3+0a2e291c0d9c0c7675d445703e51750363a549ef"; some write a sentence, which is no version.
    private static string? InformationalVersion(MetadataReader reader, AssemblyDefinition assembly)
    {
        foreach (var handle in assembly.GetCustomAttributes())
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)parent).Name, VersionAttribute))
            {
                var value = reader.GetBlobReader(attribute.Value);
                var text = value.RemainingBytes > 2 && value.ReadUInt16() == 1 ? value.ReadSerializedString() : null;
                var plus = text?.IndexOf('+', StringComparison.Ordinal) ?? -1;
                text = plus > 0 ? text![..plus] : text;
                return text is { Length: > 0 and < 100 } && char.IsAsciiDigit(text[0]) && !text.Any(char.IsWhiteSpace) ? text : null;
            }
        }

        return null;
    }
}
