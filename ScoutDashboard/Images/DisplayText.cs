using System.Buffers;
using System.Globalization;
using System.Text;

namespace ScoutDashboard.Images;

/// <summary>Makes text from an image, registry or feed harmless to show: characters that control, turn text around or can't be seen become visible, length is bounded.</summary>
public static class DisplayText
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) that is of no category below; without the variation selectors of the first 16, which emoji have.
    private static readonly SearchValues<char> Invisible = SearchValues.Create("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0");

    /// <param name="maxLength">UTF-16 units; a pair of them is never parted.</param>
    public static string Sanitise(string? text, int maxLength = 4096)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var cut = text.Length > maxLength ? text[..(maxLength > 0 && char.IsSurrogatePair(text, maxLength - 1) ? maxLength - 1 : maxLength)] + "…" : text;
        if (!cut.AsSpan().ContainsAnyExcept(Harmless))
        {
            return cut;
        }

        var clean = new StringBuilder(cut.Length);
        for (var rest = cut.AsSpan(); rest.Length > 0;)
        {
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isWhole && !IsHostile(rune))
            {
                clean.Append(rest[..length]);
            }
            else
            {
                clean.Append(length == 2 ? $"\\u{{{rune.Value.ToString("x", CultureInfo.InvariantCulture)}}}" : $"\\u{(int)rest[0]:x4}");
            }

            rest = rest[length..];
        }

        return clean.ToString();
    }

    // Plane 14 holds nothing but tags and selectors, by which text can be hidden in text.
    private static bool IsHostile(Rune rune) => rune.Plane == 14 || (rune.IsBmp && Invisible.Contains((char)rune.Value))
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
