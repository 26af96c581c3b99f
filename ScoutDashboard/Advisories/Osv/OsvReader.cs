using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using static ScoutDashboard.Advisories.Osv.OsvTokens;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// Reads OSV records leniently: real feeds break their own schema, so what has the wrong shape is passed over, and only a record without id is refused. Forward,
/// without a tree of the document: feeds have hundreds of thousands of records.
/// </summary>
public static partial class OsvReader
{
    /// <summary>The name of an entry's doubt in its <c>database_specific</c>.</summary>
    public const string DoubtName = "scout_doubt";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

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
                Doubt = database.Doubt, Informational = database.Informational, LastKnown = database.LastKnown,
                Binaries = own.Binaries is { } binaries && new Ecosystem(ecosystem).Base == Ecosystem.Ubuntu ? binaries : [],
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
                case "last_known_affected_version_range": words.LastKnown = Text(ref reader); break;
                case "binaries": words.Binaries = [.. List(ref reader, Binaries).SelectMany(some => some)]; break;
                case DoubtName: words.Doubt = Text(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return words;
    }

    // {"binary_name": "libc6", "binary_version": "2.35-0ubuntu3"}; in older records {"libc6": "2.35-0ubuntu3"}.
    private static List<string>? Binaries(ref Utf8JsonReader reader)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject))
        {
            return null;
        }

        var names = new List<string>(1);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString()!;
            reader.Read();
            if (member == "binary_version" || reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
            }
            else if (member != "binary_name")
            {
                names.Add(member);
            }
            else if (Text(ref reader) is { } name)
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static OsvSeverity? Severity(ref Utf8JsonReader reader) => Texts(ref reader, "type", "score") is ({ } type, { } score) ? new OsvSeverity(type, score) : null;

    private record struct EntryWords(string? Urgency, string? Severity, string? Informational, string? LastKnown, string? Doubt, List<string>? Binaries);
}
