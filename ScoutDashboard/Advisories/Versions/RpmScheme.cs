using System.Buffers;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// rpm's order: <c>[epoch:]version[-release]</c>, each part by rpmvercmp (rpm 4.18, rpmio/rpmver.c and rpmio/rpmvercmp.c).
/// A missing epoch is 0; a missing release is below every release, the empty one included.
/// </summary>
internal sealed class RpmScheme : IVersionScheme
{
    private const int Digits = 4;
    private static readonly SearchValues<char> TokenStarts =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz~^");

    public string Name => "rpm";

    public int? Compare(string left, string right)
    {
        if (!TrySplit(left, out var leftEpoch, out var leftVersion, out var leftRelease)
            || !TrySplit(right, out var rightEpoch, out var rightVersion, out var rightRelease))
        {
            return null;
        }

        var order = DigitRun.Compare(leftEpoch, rightEpoch);
        order = order != 0 ? order : ComparePart(leftVersion, rightVersion);
        return order != 0 ? order : CompareRelease(leftRelease, rightRelease);
    }

    // The release keeps its dash, so that an empty one differs from none. Of all texts, only an empty version and white space can't be a package's.
    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> epoch, out ReadOnlySpan<char> version, out ReadOnlySpan<char> release)
    {
        text = text.Trim();
        epoch = release = default;
        version = text;
        var digits = DigitRun.Length(text);
        if (text[digits..] is [':', ..])
        {
            epoch = text[..digits];
            version = text[(digits + 1)..];
        }

        if (version.LastIndexOf('-') is var dash and >= 0)
        {
            release = version[dash..];
            version = version[..dash];
        }

        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
            {
                return false;
            }
        }

        return version.Length > 0;
    }

    private static int CompareRelease(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.IsEmpty || right.IsEmpty ? right.IsEmpty.CompareTo(left.IsEmpty) : ComparePart(left[1..], right[1..]);

    // Everything but ASCII letters, digits, "~" and "^" only separates; where two parts differ: "~", then the end, "^", letters, digits.
    private static int ComparePart(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (true)
        {
            var leftToken = TakeToken(ref left);
            var rightToken = TakeToken(ref right);
            var order = Rank(leftToken).CompareTo(Rank(rightToken));
            if (order == 0)
            {
                order = Rank(leftToken) == Digits ? DigitRun.Compare(leftToken, rightToken) : leftToken.SequenceCompareTo(rightToken);
            }

            if (order != 0 || leftToken.IsEmpty)
            {
                return order;
            }
        }
    }

    private static int Rank(ReadOnlySpan<char> token) => token switch
    {
        ['~', ..] => 0,
        [] => 1,
        ['^', ..] => 2,
        [var first, ..] => char.IsAsciiLetter(first) ? 3 : Digits,
    };

    private static ReadOnlySpan<char> TakeToken(ref ReadOnlySpan<char> text)
    {
        text = text.IndexOfAny(TokenStarts) is var start and >= 0 ? text[start..] : default;
        var length = text is ['~' or '^', ..] ? 1 : DigitRun.Length(text);
        while (length < text.Length && char.IsAsciiLetter(text[length]) && char.IsAsciiLetter(text[0]))
        {
            length++;
        }

        var token = text[..length];
        text = text[length..];
        return token;
    }
}
