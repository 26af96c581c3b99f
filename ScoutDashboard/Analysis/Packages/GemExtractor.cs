using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Installed Ruby gems: <c>specifications/*.gemspec</c> and the default gems of Ruby itself beside them (rubygems, lib/rubygems/stub_specification.rb). A gem's
/// own source holds a gemspec too, elsewhere; that is not an installation.
/// </summary>
internal sealed class GemExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string Extension = ".gemspec";

    public string Id => "gem";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = [Extension];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return name.EndsWith(Extension, StringComparison.Ordinal) && (PathSuffix.Is(folder, "specifications") || PathSuffix.Is(folder, "specifications/default"));
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        string? name = null, version = null, platform = null;
        var lines = new TextLines(content, limits.LineBytes);
        while ((name is null || version is null) && lines.MoveNext())
        {
            var line = lines.Current.Trim(" \t"u8);
            if (line.StartsWith("# stub: "u8))
            {
                // "# stub: nokogiri 1.15.4 x86_64-linux lib": what RubyGems itself reads first.
                var words = Encoding.UTF8.GetString(line[8..]).Split(' ');
                if (words.Length >= 3)
                {
                    (name, version, platform) = (words[0], words[1], words[2]);
                }
            }
            else if (!line.StartsWith("#"u8))
            {
                name ??= Literal(line, ".name"u8);
                version ??= Literal(line, ".version"u8);
            }
        }

        if (name is null || version is null)
        {
            throw new InvalidDataException("The specification tells no name, or a version that only Ruby could compute.");
        }

        var packages = new PackageList(path, limits);
        packages.Add(new FoundPackage("gem", name, version, platform is null or "ruby" ? null : platform));
        return packages.ToScan();
    }

    // <c>s.name = "json".freeze</c>
    private static string? Literal(ReadOnlySpan<byte> line, ReadOnlySpan<byte> member)
    {
        var at = line.IndexOf(member);
        var rest = at > 0 ? line[(at + member.Length)..].TrimStart(" \t"u8) : default;
        if (rest is not [(byte)'=', ..])
        {
            return null;
        }

        rest = rest[1..].TrimStart(" \t"u8);
        if (rest is not [(byte)'"' or (byte)'\'', ..])
        {
            return null;
        }

        var end = rest[1..].IndexOf(rest[0]);
        return end > 0 ? Encoding.UTF8.GetString(rest.Slice(1, end)) : null;
    }
}
