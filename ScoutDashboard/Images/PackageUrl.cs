using System.Text;

namespace ScoutDashboard.Images;

/// <summary>Writes package URLs in canonical form (package-url/purl-spec): encoded segments, qualifiers sorted by key, empty ones left out.</summary>
public static class PackageUrl
{
    /// <param name="type">The purl type, lower case: deb, apk, npm, nuget, pypi …</param>
    /// <param name="namespace">Vendor, scope or group, segments parted by '/'; null where the type has none.</param>
    /// <param name="name">The package's name; lower-cased and normalised here for pypi only.</param>
    /// <param name="version">The version as installed; null or "" leaves it out.</param>
    /// <param name="qualifiers">Key and value; null or empty values are left out.</param>
    public static string Format(string type, string? @namespace, string name, string? version, params ReadOnlySpan<(string Key, string? Value)> qualifiers)
    {
        var text = new StringBuilder("pkg:").Append(type).Append('/');
        if (!string.IsNullOrEmpty(@namespace))
        {
            text.Append(Path(@namespace)).Append('/');
        }

        Encode(text, type == "pypi" ? name.ToLowerInvariant().Replace('_', '-') : name);
        if (!string.IsNullOrEmpty(version))
        {
            Encode(text.Append('@'), version);
        }

        var separator = '?';
        var sorted = qualifiers.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach (var (key, value) in sorted)
        {
            if (!string.IsNullOrEmpty(value))
            {
                Encode(text.Append(separator).Append(key).Append('='), value);
                separator = '&';
            }
        }

        return text.ToString();
    }

    /// <summary>The segments of a namespace or subpath, encoded.</summary>
    internal static string Path(string path)
    {
        var text = new StringBuilder();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Encode(text.Append(text.Length == 0 ? "" : "/"), segment);
        }

        return text.ToString();
    }

    private static StringBuilder Encode(StringBuilder text, string part)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in part.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '.' or '-' or '_' or '~' or ':'))
            {
                text.Append((char)rune.Value);
                continue;
            }

            var length = rune.EncodeToUtf8(bytes);
            foreach (var value in bytes[..length])
            {
                text.Append('%').Append(value.ToString("X2", null));
            }
        }

        return text;
    }
}
