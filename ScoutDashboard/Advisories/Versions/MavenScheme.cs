using System.Buffers;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// Maven's order (ComparableVersion of maven-artifact 3.9). Maven itself runs in circles for a few odd texts: <c>1.foo.1 &lt; 1-alpha &lt; 1 &lt; 1.foo.1</c>.
/// Here a qualifier after a dot counts as after a dash wherever it stands, and what is below the release stays below what is above it, which makes the order total.
/// </summary>
internal sealed class MavenScheme : IVersionScheme
{
    // What no repository can hold as a file name; Maven refuses it in a version.
    private static readonly SearchValues<char> Refused = SearchValues.Create("\\/:\"<>|?*[](){},");

    public string Name => "maven";

    public int? Compare(string left, string right) =>
        IsVersion(left) && IsVersion(right) ? Compare(MavenTokens.Of(left.Trim()), MavenTokens.Of(right.Trim())) : null;

    private static bool IsVersion(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var isNamed = false;
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
            {
                return false;
            }

            isNamed |= char.IsAsciiLetterOrDigit(character);
        }

        return isNamed && !text.ContainsAny(Refused);
    }

    private static int Compare(ReadOnlySpan<MavenToken> left, ReadOnlySpan<MavenToken> right)
    {
        var common = 0;
        while (common < left.Length && common < right.Length)
        {
            var order = CompareFirst(left[common..], right[common..]);
            if (order != 0)
            {
                return order;
            }

            common++;
        }

        return left.Length > common ? AgainstRelease(left[common..]) : -AgainstRelease(right[common..]);
    }

    // A number is higher than "-…", which is higher than a qualifier (Item.compareTo); but only where both are on the same side of the release.
    private static int CompareFirst(ReadOnlySpan<MavenToken> left, ReadOnlySpan<MavenToken> right)
    {
        if (left[0].Kind == right[0].Kind)
        {
            return left[0].CompareValue(right[0]);
        }

        var hasNumber = left[0].Kind == MavenTokenKind.Number || right[0].Kind == MavenTokenKind.Number;
        var sides = hasNumber ? 0 : AgainstRelease(left).CompareTo(AgainstRelease(right));
        return sides != 0 ? sides : left[0].Kind.CompareTo(right[0].Kind);
    }

    // Whether what follows makes a version higher or lower than the same one without it.
    private static int AgainstRelease(ReadOnlySpan<MavenToken> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.AgainstRelease is var side and not 0)
            {
                return side;
            }
        }

        return 0;
    }
}
