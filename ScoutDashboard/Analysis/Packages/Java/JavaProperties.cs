using System.Globalization;
using System.Text;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Reads a Java properties file (java.util.Properties, load): comments, continued lines, escapes; the last of equal keys counts.</summary>
internal static class JavaProperties
{
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlySpan<byte> content)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var line = new StringBuilder();
        foreach (var part in Encoding.Latin1.GetString(content).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'))
        {
            var text = part.AsSpan().TrimStart(" \t\f");
            if (line.Length == 0 && (text.IsEmpty || text[0] is '#' or '!'))
            {
                continue;
            }

            // An odd number of backslashes: the last one escapes the end of the line.
            var isContinued = (text.Length - text.TrimEnd('\\').Length) % 2 == 1;
            line.Append(isContinued ? text[..^1] : text);
            if (!isContinued)
            {
                Add(values, line.ToString());
                line.Clear();
            }
        }

        Add(values, line.ToString());
        return values;
    }

    private static void Add(Dictionary<string, string> values, string line)
    {
        var end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, line.Length);
        var value = line.AsSpan(end).TrimStart(" \t\f");
        value = value is ['=' or ':', ..] ? value[1..].TrimStart(" \t\f") : value;
        if (end > 0)
        {
            values[Unescape(line.AsSpan(0, end))] = Unescape(value);
        }
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || ++at == text.Length)
            {
                plain.Append(at < text.Length ? text[at] : "");
                continue;
            }

            if (text[at] == 'u' && at + 4 < text.Length && ushort.TryParse(text.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                at += 4;
                continue;
            }

            plain.Append(text[at] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
        }

        return plain.ToString();
    }
}
