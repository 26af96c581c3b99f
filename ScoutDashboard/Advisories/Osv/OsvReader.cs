using ScoutDashboard.Data;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// Reads OSV records leniently: real feeds break their own schema, so what has the wrong shape is passed over, and only a record without id is refused. Forward,
/// without a tree of the document: feeds have hundreds of thousands of records.
/// </summary>
public static partial class OsvReader
{
    /// <summary>The name of an entry's doubt in its <c>database_specific</c>.</summary>
    public const string DoubtName = "scout_doubt";

    private const int MaxList = 100_000;
    private const int MaxText = 1024 * 1024;
    private const int MostExactTime = 28; // 2024-01-02T03:04:05.1234567Z

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    // Compared as bytes: of a name that is nobody's no text is made, and it need not be one.
    private static readonly (string Text, byte[] Bytes)[] Members = [.. new[]
    {
        "id", "modified", "published", "withdrawn", "aliases", "upstream", "related", "severity", "affected", "database_specific", "ecosystem_specific", "summary", "details",
        "package", "ecosystem", "name", "ranges", "versions", "type", "events", "introduced", "fixed", "last_affected", "limit", "score", "urgency", "informational", DoubtName,
    }.Select(name => (name, Encoding.UTF8.GetBytes(name)))];

    // By length: a document has hundreds of names.
    private static readonly (string Text, byte[] Bytes)[][] MembersByLength =
        [.. Enumerable.Range(0, Members.Max(member => member.Bytes.Length) + 1).Select(length => Members.Where(member => member.Bytes.Length == length).ToArray())];

    // Reads one value, at whose first token the reader stands, up to its last token.
    private delegate T? ItemReader<T>(ref Utf8JsonReader reader);

    /// <summary>False for what is no JSON object, is too large, or has no id or time of change.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out OsvRecord? record)
    {
        record = null;
        if (json.Length is 0 or > AdvisoryDocument.MaxBytes)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json.StartsWith("\uFEFF"u8) ? json[3..] : json, Options);
            reader.Read();
            record = Record(ref reader);
            // What follows the record is refused by this read.
            reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that holds half of a surrogate pair.
            return false;
        }

        return record is not null;
    }

    private static OsvRecord? Record(ref Utf8JsonReader reader)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return null;
        }

        string? id = null, summary = null, severityWord = null;
        Utf8JsonReader details = default;
        DateTime? modified = null, published = null, withdrawn = null;
        List<string> aliases = [], upstream = [], related = [];
        List<OsvSeverity> severity = [];
        List<OsvAffected> affected = [];
        while (NextMember(ref reader) is { } member)
        {
            switch (member)
            {
                case "id": id = Text(ref reader); break;
                case "modified": modified = Time(ref reader); break;
                case "published": published = Time(ref reader); break;
                case "withdrawn": withdrawn = Time(ref reader); break;
                case "aliases": aliases = List(ref reader, Text); break;
                case "upstream": upstream = List(ref reader, Text); break;
                case "related": related = List(ref reader, Text); break;
                case "severity": severity = List(ref reader, Severity); break;
                case "affected": affected = List(ref reader, Affected); break;
                case "database_specific": severityWord = Words(ref reader).Severity; break;
                case "summary": summary = Text(ref reader); break;
                case "details":
                    // Long, and wanted only where there is no summary, which may follow.
                    details = reader;
                    reader.Skip();
                    break;
                default: reader.Skip(); break;
            }
        }

        var title = string.IsNullOrWhiteSpace(summary) && details.TokenType == JsonTokenType.String ? Text(ref details) : summary;
        // A notice of an rpm distribution tells in its summary what others have members for.
        var isNotice = affected is [var first, ..] && new Ecosystem(first.Ecosystem).HasModules;
        return id is { Length: > 0 and <= 200 } && modified is { } changed
            ? new OsvRecord(id, changed, published, withdrawn, aliases, upstream, related, title ?? "", severity, affected, severityWord ?? (isNotice ? Rating().Match(summary ?? "") is { Success: true } word ? word.Groups["word"].Value : null : null))
            {
                Streams = isNotice ? [.. Stream().Matches(summary ?? "").Select(match => match.Value)] : [],
            }
            : null;
    }

    // "Important: openssl security update": AlmaLinux, Red Hat and Rocky rate nowhere else.
    [GeneratedRegex("^(?<word>Critical|Important|Moderate|Low): ", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Rating();

    // "Important: nodejs:18 security update", "new module: php:7.4"
    [GeneratedRegex(@"\b[A-Za-z0-9][A-Za-z0-9_.+-]*:[A-Za-z0-9][A-Za-z0-9_.+-]*", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Stream();

    private static OsvAffected? Affected(ref Utf8JsonReader reader)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return null;
        }

        (string? Ecosystem, string? Name) package = default;
        EntryWords own = default, database = default;
        List<OsvRange> ranges = [];
        List<string> versions = [];
        List<OsvSeverity> severity = [];
        while (NextMember(ref reader) is { } member)
        {
            switch (member)
            {
                case "package": package = Texts(ref reader, "ecosystem", "name"); break;
                case "ranges": ranges = List(ref reader, Range); break;
                case "versions": versions = List(ref reader, Text); break;
                case "severity": severity = List(ref reader, Severity); break;
                case "ecosystem_specific": own = Words(ref reader); break;
                case "database_specific": database = Words(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return package is ({ Length: > 0 } ecosystem, { Length: > 0 } name)
            ? new OsvAffected(ecosystem, name, ranges, versions, severity, own.Urgency ?? own.Severity ?? database.Severity)
            {
                Doubt = database.Doubt, Informational = database.Informational,
            }
            : null;
    }

    private static OsvRange? Range(ref Utf8JsonReader reader)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return null;
        }

        string? type = null;
        List<OsvEvent> events = [];
        while (NextMember(ref reader) is { } member)
        {
            switch (member)
            {
                case "type": type = Text(ref reader); break;
                case "events": events = [.. List(ref reader, Events).SelectMany(some => some)]; break;
                default: reader.Skip(); break;
            }
        }

        return new OsvRange(type ?? "", events);
    }

    // One event an object by the schema; some files put introduced and fixed into one.
    private static List<OsvEvent>? Events(ref Utf8JsonReader reader)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return null;
        }

        var events = new List<OsvEvent>(1);
        while (NextMember(ref reader) is { } member)
        {
            OsvEventKind? kind = member switch
            {
                "introduced" => OsvEventKind.Introduced,
                "fixed" => OsvEventKind.Fixed,
                "last_affected" => OsvEventKind.LastAffected,
                "limit" => OsvEventKind.Limit,
                _ => null,
            };
            if (kind is null)
            {
                reader.Skip();
            }
            else if (Text(ref reader) is { } version)
            {
                events.Add(new OsvEvent(kind.Value, version));
            }
        }

        return events;
    }

    private static EntryWords Words(ref Utf8JsonReader reader)
    {
        EntryWords words = default;
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return words;
        }

        while (NextMember(ref reader) is { } member)
        {
            switch (member)
            {
                case "urgency": words.Urgency = Text(ref reader); break;
                case "severity": words.Severity = Text(ref reader); break;
                case "informational": words.Informational = Text(ref reader); break;
                case DoubtName: words.Doubt = Text(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return words;
    }

    private static OsvSeverity? Severity(ref Utf8JsonReader reader) => Texts(ref reader, "type", "score") is ({ } type, { } score) ? new OsvSeverity(type, score) : null;

    // Two members of an object.
    private static (string? First, string? Second) Texts(ref Utf8JsonReader reader, string first, string second)
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

    // Whether the value is of that kind; of another it is passed over. Then the reader stands before what is in it.
    private static bool Enter(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (reader.TokenType == kind)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    // The next member's name, "" for one that is nobody's, with the reader at the first token of its value; null at the object's end.
    private static string? NextMember(ref Utf8JsonReader reader)
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

    private record struct EntryWords(string? Urgency, string? Severity, string? Informational, string? Doubt);

    private static List<T> List<T>(ref Utf8JsonReader reader, ItemReader<T> read)
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

    private static string? Text(ref Utf8JsonReader reader) =>
        Enter(ref reader, JsonTokenType.String) && reader.GetString() is { Length: <= MaxText } text ? text : null;

    // As nearly all write it at once, to the ticks that a DateTime has; all else, and what is more exact and is rounded, as text.
    private static DateTime? Time(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MostExactTime && reader.TryGetDateTime(out var exact) && exact.Kind == DateTimeKind.Utc ? exact
        : DateTimeOffset.TryParse(Text(ref reader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
}
