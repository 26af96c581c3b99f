using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Tells which distribution a root file system is: <c>etc/os-release</c> and <c>usr/lib/os-release</c>, also below another root (freedesktop os-release(5)).</summary>
internal sealed class OsReleaseExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "os-release";
    public int Version => 1;
    public int MaxFileSize => limits.ReleaseFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["etc/os-release", "usr/lib/os-release"];

    public bool Wants(ReadOnlySpan<char> path) => PathSuffix.Is(path, "etc/os-release") || PathSuffix.Is(path, "usr/lib/os-release");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            var line = Encoding.UTF8.GetString(lines.Current).Trim();
            if (line.Length > 0 && line[0] != '#' && line.IndexOf('=') is var equals and > 0)
            {
                values[line[..equals]] = Unquote(line[(equals + 1)..]);
            }
        }

        return Value("ID") is { } id
            ? new FileScan([], new Distribution(id.ToLowerInvariant(), Value("VERSION_ID"), Value("PRETTY_NAME"), Value("VERSION_CODENAME"), Value("VERSION")))
            : FileScan.Empty;

        string? Value(string key) => values.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;
    }

    // The shell's rules as far as os-release(5) allows them: single quotes are literal, a backslash escapes elsewhere.
    private static string Unquote(string text)
    {
        var value = new StringBuilder(text.Length);
        var quote = '\0';
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && (character is '"' or '\''))
            {
                quote = character;
            }
            else if (character == '\\' && quote != '\'' && index + 1 < text.Length && (quote == '\0' || text[index + 1] is '"' or '\\' or '$' or '`'))
            {
                value.Append(text[++index]);
            }
            else
            {
                value.Append(character);
            }
        }

        return value.ToString();
    }
}
