using System.Globalization;
using System.Text.RegularExpressions;

namespace ScoutDashboard.Tests.Findings;

/// <summary>Versions next to one that an advisory names: just below, just above, as far as the ecosystem's order has such.</summary>
internal static class BoundNeighbours
{
    public static IReadOnlyList<string> Of(string ecosystemBase, string bound) => ecosystemBase switch
    {
        "Debian" or "Ubuntu" => [$"{bound}~", $"{bound}+0"],
        "AlmaLinux" or "Rocky Linux" or "Red Hat" => [$"{bound}~", $"{bound}^0"],
        "Alpine" => Regex.Match(bound, "^(.+)-r([0-9]{1,9})$") is { Success: true } match
            ? [Number(match, 2) is 0 ? $"{match.Groups[1]}_alpha-r0" : $"{match.Groups[1]}-r{Number(match, 2) - 1}", $"{match.Groups[1]}-r{Number(match, 2) + 1}"] : [$"{bound}_alpha", $"{bound}-r1"],
        "npm" or "crates.io" or "Go" or "NuGet" => bound.Contains('-') ? [$"{bound.Split('-')[0]}-0", $"{bound}.0"] : [$"{bound}-0", $"{bound}-zz", .. Next(bound, ecosystemBase == "NuGet" ? 4 : 3, "-0")],
        "Bitnami" => Regex.Match(bound, "^(.+)-([0-9]{1,3})$") is { Success: true } match
            ? [$"{match.Groups[1]}-{Math.Max(0, Number(match, 2) - 1)}", $"{match.Groups[1]}-{Number(match, 2) + 1}"] : [$"{bound}-0", $"{bound}-1", $"{bound}-rc", .. Next(bound, 3, "-rc")],
        "PyPI" => bound.Contains("dev") ? [$"{bound}+0"] : [$"{bound}.dev0", $"{bound}rc99", $"{bound}.post0"],
        "Maven" => [$"{bound}-alpha", $"{bound}-sp"],
        "RubyGems" => [$"{bound}.pre", $"{bound}.0.1"],
        "Packagist" => [$"{bound}-dev", $"{bound}-RC99", $"{bound}-p1"],
        _ => throw new ArgumentOutOfRangeException(nameof(ecosystemBase), ecosystemBase, null),
    };

    // The lowest that is above it: 1.2.4-0 of 1.2.3.
    private static IEnumerable<string> Next(string bound, int parts, string lowest)
    {
        var numbers = bound.Split('.');
        if (numbers.Length <= parts && numbers.All(number => number.Length is > 0 and < 10 && number.All(char.IsAsciiDigit)))
        {
            var padded = numbers.Concat(Enumerable.Repeat("0", parts - numbers.Length)).ToArray();
            padded[^1] = (int.Parse(padded[^1], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
            yield return string.Join('.', padded) + lowest;
        }
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
}
