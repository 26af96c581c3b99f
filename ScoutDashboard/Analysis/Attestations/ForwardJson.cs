using System.Text.Json;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Steps through JSON without building a tree of it: whatever is not asked for is skipped and costs no memory.</summary>
internal static class ForwardJson
{
    // Longer texts name nothing that could be compared.
    private const int MaxText = 4096;

    public static Utf8JsonReader Open(ReadOnlySpan<byte> json, int maxDepth)
    {
        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        var reader = new Utf8JsonReader(json.StartsWith(mark) ? json[3..] : json, new JsonReaderOptions { MaxDepth = maxDepth });
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? reader : throw new InvalidDataException("It is no JSON object.");
    }

    /// <summary>Goes to the next name of the object; false at its end.</summary>
    public static bool NextField(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes to the next item of the array; false at its end.</summary>
    public static bool NextItem(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>The field's text; null, and behind it, where it is something else or too long.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ItemText(ref reader);
    }

    /// <summary>As <see cref="Text"/>, of an array's item.</summary>
    public static string? ItemText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxText)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    /// <summary>Enters the field's object; false, and behind it, where it is none.</summary>
    public static bool EnterObject(ref Utf8JsonReader reader) => Enter(ref reader, JsonTokenType.StartObject);

    /// <summary>Enters the field's array; false, and behind it, where it is none.</summary>
    public static bool EnterArray(ref Utf8JsonReader reader) => Enter(ref reader, JsonTokenType.StartArray);

    /// <summary>Whether the item is an object, now entered; false, and behind it, where it is none.</summary>
    public static bool IsObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    /// <summary>Reads an entered object to its end: the texts of these fields, null for each that it does not have or that is none.</summary>
    public static string?[] Texts(ref Utf8JsonReader reader, params ReadOnlySpan<string> fields)
    {
        var texts = new string?[fields.Length];
        while (NextField(ref reader))
        {
            var at = 0;
            while (at < fields.Length && !reader.ValueTextEquals(fields[at]))
            {
                at++;
            }

            if (at < fields.Length)
            {
                texts[at] = Text(ref reader);
            }
            else
            {
                SkipField(ref reader);
            }
        }

        return texts;
    }

    public static void SkipField(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static bool Enter(ref Utf8JsonReader reader, JsonTokenType start)
    {
        reader.Read();
        if (reader.TokenType == start)
        {
            return true;
        }

        reader.Skip();
        return false;
    }
}
