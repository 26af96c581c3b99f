using System.Text.RegularExpressions;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>Makes versions alike as VersionParser::normalize of composer/semver does; its expressions run here in linear time.</summary>
internal static class PackagistVersion
{
    private const string Stability = @"[._-]?(?:(?<stability>stable|beta|b|rc|alpha|a|patch|pl|p)(?<number>(?:[.-]?[0-9]+)*))?(?<dev>[.-]?dev)?";
    private const string Ignored = @"(?:\+\S+)?(?:@(?:stable|rc|beta|alpha|dev))?\z";

    private static readonly string[] LaterParts = ["second", "third", "fourth"];
    private static readonly Regex Classical = Linear(@"\Av?(?<first>[0-9]{1,5})" + Parts(@"\.[0-9]+") + Stability + Ignored);
    private static readonly Regex Dated = Linear(@"\Av?(?<date>[0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3})?)" + Stability + Ignored);
    private static readonly Regex Branch = Linear(@"\Av?(?<first>[0-9]+)" + Parts(@"\.(?:[0-9]+|[x*])") + "[.-]?dev" + Ignored);

    /// <summary>The numbers and words that PHP's version_compare goes through, or null where Composer knows no such version.</summary>
    public static List<string>? Parse(string version)
    {
        var text = version.Trim().ToLowerInvariant();
        if (text.StartsWith("dev-", StringComparison.Ordinal))
        {
            return text.Any(char.IsWhiteSpace) ? null : LetterDigitRuns.Of(text);
        }

        if (Classical.Match(text) is { Success: true } classical)
        {
            return LetterDigitRuns.Of(Padded(classical, ".0") + Suffix(classical));
        }

        if (Dated.Match(text) is { Success: true } dated)
        {
            return LetterDigitRuns.Of(dated.Groups["date"].Value + Suffix(dated));
        }

        // 1.x-dev is above every 1.N.
        return Branch.Match(text) is { Success: true } branch
            ? LetterDigitRuns.Of(Padded(branch, ".x").Replace("x", "9999999", StringComparison.Ordinal).Replace("*", "9999999", StringComparison.Ordinal) + "-dev")
            : null;
    }

    private static string Parts(string part) => $"(?<second>{part})?(?<third>{part})?(?<fourth>{part})?";

    private static string Padded(Match match, string missing) => match.Groups["first"].Value
        + string.Concat(LaterParts.Select(part => match.Groups[part] is { Success: true } group ? group.Value : missing));

    private static string Suffix(Match match) =>
        match.Groups["stability"].Value == "stable" ? "" : $"-{match.Groups["stability"]}{match.Groups["number"]}-{match.Groups["dev"]}";

    private static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
}
