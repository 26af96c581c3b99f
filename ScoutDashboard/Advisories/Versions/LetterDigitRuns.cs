namespace ScoutDashboard.Advisories.Versions;

/// <summary>The runs of digits and the runs of ASCII letters of a version, in order; everything else only separates them.</summary>
internal static class LetterDigitRuns
{
    public static List<string> Of(ReadOnlySpan<char> text)
    {
        var runs = new List<string>();
        for (var index = 0; index < text.Length;)
        {
            var start = index;
            if (char.IsAsciiDigit(text[index]))
            {
                index += DigitRun.Length(text[index..]);
            }
            else
            {
                while (index < text.Length && char.IsAsciiLetter(text[index]))
                {
                    index++;
                }
            }

            if (index > start)
            {
                runs.Add(text[start..index].ToString());
            }
            else
            {
                index++;
            }
        }

        return runs;
    }
}
