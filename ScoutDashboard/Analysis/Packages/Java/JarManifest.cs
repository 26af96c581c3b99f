using System.Text;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>The main section of a jar's manifest (JAR File Specification): header names in any case, lines of 72 bytes that go on behind a space.</summary>
internal sealed class JarManifest
{
    public const string Path = "META-INF/MANIFEST.MF";

    public static readonly JarManifest None = new();

    private static readonly string[] VersionHeaders = ["Plugin-Version", "Implementation-Version", "Bundle-Version", "Specification-Version"];

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    public static JarManifest Parse(ReadOnlySpan<byte> content, int maxLine)
    {
        var manifest = new JarManifest();
        var header = new List<byte>();
        var lines = new TextLines(content, maxLine);
        while (lines.MoveNext() && !lines.Current.IsEmpty)
        {
            if (lines.Current[0] != ' ')
            {
                manifest.Add(header);
                header.Clear();
            }

            // A line may break inside a character: bytes are joined, not texts.
            header.AddRange(lines.Current[0] == ' ' ? lines.Current[1..] : lines.Current);
        }

        manifest.Add(header);
        return manifest;
    }

    /// <summary>A header's value, or null where it is missing or empty.</summary>
    public string? this[string name] => _headers.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>What the jar says of its version, the most telling first.</summary>
    public IEnumerable<string> Versions => VersionHeaders.Select(name => this[name]).OfType<string>().Where(MavenCoordinates.IsVersion);

    private void Add(List<byte> header)
    {
        var text = Encoding.UTF8.GetString([.. header]);
        if (text.IndexOf(':') is var colon and > 0)
        {
            _headers.TryAdd(text[..colon].Trim(), text[(colon + 1)..].Trim());
        }
    }
}
