using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// The part of a record that matching looks at, as a record of the same form: without texts, references and ranges of commits. It is a tenth of the whole, and all
/// that is read when hundreds of thousands of components are matched.
/// </summary>
public static class OsvMatching
{
    // Beyond this (records that list hundreds of versions or packages) packing saves more reading than it costs.
    private const int PackedFrom = 2048;

    // Not for a browser: versions hold characters that HTML would have escaped.
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>What <see cref="Read"/> reads.</summary>
    public static byte[] Encode(OsvRecord record)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(json, record);
        }

        return buffer.WrittenCount < PackedFrom ? buffer.WrittenSpan.ToArray() : AdvisoryDocument.Encode(buffer.WrittenSpan);
    }

    /// <summary>The record that is stored, whole or in part; null where it can't be read.</summary>
    public static OsvRecord? Read(byte[] stored)
    {
        try
        {
            // A deflated document may begin with a brace by chance.
            return (stored is [(byte)'{', ..] && OsvReader.TryParse(stored, out var record)) || OsvReader.TryParse(AdvisoryDocument.Decode(stored), out record) ? record : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, OsvRecord record)
    {
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        json.WriteString("modified", record.Modified);
        if (record.Published is { } published)
        {
            json.WriteString("published", published);
        }

        if (record.Withdrawn is { } withdrawn)
        {
            json.WriteString("withdrawn", withdrawn);
        }

        Write(json, "aliases", record.Aliases);
        Write(json, "upstream", record.Upstream);
        Write(json, "related", record.Related);
        Write(json, record.Severity);
        if (record.Streams.Count > 0)
        {
            json.WriteString("summary", string.Join(' ', record.Streams));
        }

        json.WriteStartArray("affected");
        foreach (var affected in record.Affected)
        {
            Write(json, affected);
        }

        json.WriteEndArray();
        Write(json, "database_specific", ("severity", record.DatabaseSeverity));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OsvAffected affected)
    {
        json.WriteStartObject();
        json.WriteStartObject("package");
        json.WriteString("ecosystem", affected.Ecosystem);
        json.WriteString("name", affected.Name);
        json.WriteEndObject();
        json.WriteStartArray("ranges");
        foreach (var range in affected.Ranges.Where(range => !range.IsOfCommits))
        {
            json.WriteStartObject();
            json.WriteString("type", range.Type);
            json.WriteStartArray("events");
            foreach (var boundary in range.Events)
            {
                json.WriteStartObject();
                json.WriteString(NameOf(boundary.Kind), boundary.Version);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "versions", affected.Versions);
        Write(json, affected.Severity);
        Write(json, "ecosystem_specific", ("urgency", affected.Urgency));
        Write(json, "database_specific", ("informational", affected.Informational), (OsvReader.DoubtName, affected.Doubt));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<OsvSeverity> severities)
    {
        if (severities.Count == 0)
        {
            return;
        }

        json.WriteStartArray("severity");
        foreach (var severity in severities)
        {
            json.WriteStartObject();
            json.WriteString("type", severity.Type);
            json.WriteString("score", severity.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string? Text)> members)
    {
        var isBegun = false;
        foreach (var (member, text) in members)
        {
            if (text is not null)
            {
                if (!isBegun)
                {
                    json.WriteStartObject(name);
                    isBegun = true;
                }

                json.WriteString(member, text);
            }
        }

        if (isBegun)
        {
            json.WriteEndObject();
        }
    }

    private static string NameOf(OsvEventKind kind) => kind switch
    {
        OsvEventKind.Introduced => "introduced",
        OsvEventKind.Fixed => "fixed",
        OsvEventKind.LastAffected => "last_affected",
        OsvEventKind.Limit => "limit",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
