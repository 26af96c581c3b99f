using System.Globalization;
using System.Text;

namespace ScoutDashboard.Images;

/// <summary>Makes text from an image, registry or feed harmless to show: control and bidirectional characters become visible, length is bounded.</summary>
public static class DisplayText
{
    public static string Sanitise(string? text, int maxLength = 4096)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var cut = text.Length > maxLength ? text[..maxLength] + "…" : text;
        if (!cut.Any(IsHostile))
        {
            return cut;
        }

        var clean = new StringBuilder(cut.Length);
        foreach (var character in cut)
        {
            if (IsHostile(character))
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                clean.Append(character);
            }
        }

        return clean.ToString();
    }

    private static bool IsHostile(char character) => char.IsControl(character)
        || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
