using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>Reads OSV records leniently: real feeds break their own schema, so what has the wrong shape is passed over, and only a record without id is refused.</summary>
public static class OsvReader
{
    /// <summary>The name of an entry's doubt in its <c>database_specific</c>.</summary>
    public const string DoubtName = "scout_doubt";

    private const int MaxList = 100_000;
    private const int MaxText = 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>False for what is no JSON object, is too large, or has no id or time of change.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out OsvRecord? record)
    {
        record = null;
        if (json.Length is 0 or > AdvisoryDocument.MaxBytes)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json, Options);
            record = Read(document.RootElement);
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

    private static OsvRecord? Read(JsonElement root)
    {
        if (Text(root, "id") is not { Length: > 0 and <= 200 } id || Time(root, "modified") is not { } modified)
        {
            return null;
        }

        return new OsvRecord(id, modified, Time(root, "published"), Time(root, "withdrawn"), Texts(root, "aliases"), Texts(root, "upstream"), Texts(root, "related"),
            Text(root, "summary") ?? "", Text(root, "details") ?? "", Severities(root), [.. Items(root, "affected").Select(Affected).OfType<OsvAffected>()],
            [.. Items(root, "references").Select(item => Text(item, "url") is { } url ? new OsvReference(Text(item, "type") ?? "WEB", url) : null).OfType<OsvReference>()],
            Word(root, "database_specific", "severity"));
    }

    private static OsvAffected? Affected(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("package", out var package)
            || Text(package, "ecosystem") is not { Length: > 0 } ecosystem || Text(package, "name") is not { Length: > 0 } name)
        {
            return null;
        }

        var urgency = Word(item, "ecosystem_specific", "urgency") ?? Word(item, "ecosystem_specific", "severity") ?? Word(item, "database_specific", "severity");
        return new OsvAffected(ecosystem, name, [.. Items(item, "ranges").Select(Range)], Texts(item, "versions"), Severities(item), urgency)
        {
            Doubt = Word(item, "database_specific", DoubtName),
        };
    }

    private static OsvRange Range(JsonElement item) => new(Text(item, "type") ?? "", [.. Items(item, "events").SelectMany(Events)]);

    // One event an object by the schema; some files put introduced and fixed into one.
    private static IEnumerable<OsvEvent> Events(JsonElement item)
    {
        if (Text(item, "introduced") is { } introduced)
        {
            yield return new OsvEvent(OsvEventKind.Introduced, introduced);
        }

        if (Text(item, "fixed") is { } fixedIn)
        {
            yield return new OsvEvent(OsvEventKind.Fixed, fixedIn);
        }

        if (Text(item, "last_affected") is { } last)
        {
            yield return new OsvEvent(OsvEventKind.LastAffected, last);
        }

        if (Text(item, "limit") is { } limit)
        {
            yield return new OsvEvent(OsvEventKind.Limit, limit);
        }
    }

    private static List<OsvSeverity> Severities(JsonElement item) =>
        [.. Items(item, "severity").Select(s => Text(s, "type") is { } type && Text(s, "score") is { } score ? new OsvSeverity(type, score) : null).OfType<OsvSeverity>()];

    private static IEnumerable<JsonElement> Items(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MaxList) : [];

    private static List<string> Texts(JsonElement item, string name) => [.. Items(item, name).Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString() ?? "")];

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: <= MaxText } text ? text : null;

    private static string? Word(JsonElement item, string section, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(section, out var inner) ? Text(inner, name) : null;

    private static DateTime? Time(JsonElement item, string name) =>
        DateTimeOffset.TryParse(Text(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
}
