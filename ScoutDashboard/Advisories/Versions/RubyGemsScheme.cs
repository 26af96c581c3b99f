namespace ScoutDashboard.Advisories.Versions;

/// <summary>Ruby's order (Gem::Version of RubyGems): a letter makes a pre-release, <c>-</c> reads as <c>.pre.</c>, zeros at the end of the numbers and of the version say nothing.</summary>
internal sealed class RubyGemsScheme : IVersionScheme
{
    public string Name => "rubygems";

    public int? Compare(string left, string right) =>
        Parse(left) is { } a && Parse(right) is { } b ? Compare(a, b) : null;

    // VERSION_PATTERN: [0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?
    private static List<string>? Parse(string version)
    {
        var text = version.Trim();
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var core = (dash < 0 ? text : text[..dash]).Split('.');
        var preRelease = dash < 0 ? [] : text[(dash + 1)..].Split('.');
        if (!DigitRun.IsNumber(core[0])
            || !core.All(part => part.Length > 0 && part.All(char.IsAsciiLetterOrDigit))
            || !preRelease.All(part => part.Length > 0 && part.All(character => character == '-' || char.IsAsciiLetterOrDigit(character))))
        {
            return null;
        }

        return Canonical(LetterDigitRuns.Of(text.Replace("-", ".pre.", StringComparison.Ordinal)));
    }

    private static List<string> Canonical(List<string> segments)
    {
        var numbers = segments.FindIndex(segment => !DigitRun.IsNumber(segment)) is var word and >= 0 ? word : segments.Count;
        return [.. WithoutLastZeros(segments[..numbers]), .. WithoutLastZeros(segments[numbers..])];
    }

    private static List<string> WithoutLastZeros(List<string> segments) =>
        segments[..(segments.FindLastIndex(segment => DigitRun.Compare(segment, "") != 0) + 1)];

    private static int Compare(List<string> left, List<string> right)
    {
        for (var index = 0; index < Math.Max(left.Count, right.Count); index++)
        {
            var a = index < left.Count ? left[index] : "0";
            var b = index < right.Count ? right[index] : "0";
            var order = (DigitRun.IsNumber(a), DigitRun.IsNumber(b)) switch
            {
                (true, true) => DigitRun.Compare(a, b),
                (false, false) => string.CompareOrdinal(a, b),
                (var isNumber, var isOtherNumber) => isNumber.CompareTo(isOtherNumber),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
