using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// How <see cref="MatchingWriter"/> writes: a text is a number, 0 for none, twice its length in UTF-8 and two with the bytes behind it, or odd for a word that stands
/// in a table. Numbers are of seven bits a byte, the lowest first; a list is the number of its items and these.
/// </summary>
internal static class MatchingForm
{
    /// <summary>The first byte: no JSON begins with it, no zstd frame (RFC 8878 3.1.1), and no deflated stream, of which it would be a block of the reserved type (RFC 1951 3.2.3).</summary>
    public const byte First = 0x5F;

    /// <summary>That of what was written without <see cref="OsvAffected.Binaries"/>.</summary>
    public const byte WithoutBinaries = 0x57;

    /// <summary>That of what was written without them and without <see cref="OsvAffected.LastKnown"/>.</summary>
    public const byte Earlier = 0x4F;

    /// <summary>The number of a text that is the same as in the entry before.</summary>
    public const int Same = 1;

    private const int FirstWord = 3;

    // What stands in nearly every record, in the order in which it came into this table, which is that of what is stored: only ever added to, at the end.
    private static readonly string[] Words =
    [
        "0", "SEMVER", "ECOSYSTEM", "CVSS_V3", "CVSS_V4", "CVSS_V2", "LOW", "MODERATE", "MEDIUM", "HIGH", "CRITICAL", "Important", "Moderate", "Low", "Critical", "Ubuntu", "low", "medium", "high",
        "negligible", "critical", "unimportant", "not yet assigned", "end-of-life", "npm", "NuGet", "PyPI", "Maven", "Go", "crates.io", "RubyGems", "Packagist", "Bitnami", "Wolfi", "Chainguard", "Hex", "Pub",
    ];

    private static readonly FrozenDictionary<string, int> Numbers = Words.Select((word, at) => (word, at)).ToFrozenDictionary(pair => pair.word, pair => (2 * pair.at) + FirstWord, StringComparer.Ordinal);

    /// <summary>The number of a text that is in the table; 0 where it is not.</summary>
    public static int NumberOf(string text) => Numbers.GetValueOrDefault(text);

    /// <summary>The word with an odd number; null where the table has none.</summary>
    public static string? WordOf(long number) => number >= FirstWord && (number - FirstWord) / 2 is var at && at < Words.Length ? Words[at] : null;
}
