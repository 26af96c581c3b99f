using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>Reads the values of a record forward and leniently: what has the wrong shape is passed over, lists and texts are bounded.</summary>
internal static class OsvTokens
{
    private const int MaxList = 100_000;
    private const int MaxText = 1024 * 1024;
    private const int MostExactTime = 28; // 2024-01-02T03:04:05.1234567Z

    // Compared as bytes: of a name that is nobody's no text is made, and it need not be one.
    private static readonly (string Text, byte[] Bytes)[] Members = [.. new[]
    {
        "id", "modified", "published", "withdrawn", "aliases", "upstream", "related", "severity", "affected", "database_specific", "ecosystem_specific", "summary", "details",
        "package", "ecosystem", "name", "ranges", "versions", "type", "events", "introduced", "fixed", "last_affected", "limit", "score", "urgency", "informational", "last_known_affected_version_range", "binaries", OsvReader.DoubtName,
    }.Select(name => (name, Encoding.UTF8.GetBytes(name)))];

    // By length: a document has hundreds of names.
    private static readonly (string Text, byte[] Bytes)[][] MembersByLength =
        [.. Enumerable.Range(0, Members.Max(member => member.Bytes.Length) + 1).Select(length => Members.Where(member => member.Bytes.Length == length).ToArray())];

    /// <summary>Reads one value, at whose first token the reader stands, up to its last token.</summary>
    public delegate T? ItemReader<T>(ref Utf8JsonReader reader);

    /// <summary>Two members of an object.</summary>
    public static (string? First, string? Second) Texts(ref Utf8JsonReader reader, string first, string second)
    {
        (string? First, string? Second) found = default;
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return found;
        }

        while (NextMember(ref reader) is { } member)
        {
            if (member == first)
            {
                found.First = Text(ref reader);
            }
            else if (member == second)
            {
                found.Second = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    /// <summary>Whether the value is of that kind; of another it is passed over. Then the reader stands before what is in it.</summary>
    public static bool Enter(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (reader.TokenType == kind)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    /// <summary>The next member's name, "" for one that is nobody's, with the reader at the first token of its value; null at the object's end.</summary>
    public static string? NextMember(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var member = "";
        var length = reader.ValueSpan.Length;
        foreach (var (text, bytes) in reader.ValueIsEscaped ? Members : length < MembersByLength.Length ? MembersByLength[length] : [])
        {
            if (reader.ValueTextEquals(bytes))
            {
                member = text;
                break;
            }
        }

        reader.Read();
        return member;
    }

    /// <summary>The items of a list, those aside that are none.</summary>
    public static List<T> List<T>(ref Utf8JsonReader reader, ItemReader<T> read)
        where T : class
    {
        var list = new List<T>();
        if (!Enter(ref reader, JsonTokenType.StartArray))
        {
            return list;
        }

        for (var at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
        {
            if (at >= MaxList)
            {
                reader.Skip();
            }
            else if (read(ref reader) is { } item)
            {
                list.Add(item);
            }
        }

        return list;
    }

    /// <summary>A text; null for what is none, or too long.</summary>
    public static string? Text(ref Utf8JsonReader reader) =>
        Enter(ref reader, JsonTokenType.String) && reader.GetString() is { Length: <= MaxText } text ? text : null;

    /// <summary>A time, UTC; null for what is none.</summary>
    public static DateTime? Time(ref Utf8JsonReader reader) =>
        // As nearly all write it at once, to the ticks that a DateTime has; all else, and what is more exact and is rounded, as text.
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MostExactTime && reader.TryGetDateTime(out var exact) && exact.Kind == DateTimeKind.Utc ? exact
        : DateTimeOffset.TryParse(Text(ref reader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
}
