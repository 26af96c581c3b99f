using System.Buffers;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>Semantic Versioning 2.0.0 section 11, read leniently: one leading <c>v</c> or <c>=</c>, missing parts are zero, more than three number parts are allowed.</summary>
internal sealed class SemVerScheme : IVersionScheme
{
    private static readonly SearchValues<char> CoreCharacters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.");

    public string Name => "semver";

    public int? Compare(string left, string right)
    {
        if (!TrySplit(left, out var leftCore, out var leftPre) || !TrySplit(right, out var rightCore, out var rightPre))
        {
            return null;
        }

        var order = CompareCore(leftCore, rightCore);
        if (order != 0)
        {
            return order;
        }

        // A release is higher than each of its pre-releases.
        return leftPre.IsEmpty || rightPre.IsEmpty ? leftPre.IsEmpty.CompareTo(rightPre.IsEmpty) : CompareIdentifiers(leftPre, rightPre);
    }

    /// <summary>Whether it is identifiers parted by dots, or nothing.</summary>
    public static bool IsIdentifiers(ReadOnlySpan<char> text) => text.IsEmpty || !(text.ContainsAnyExcept(IdentifierCharacters) || HasEmptyPart(text));

    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> core, out ReadOnlySpan<char> preRelease)
    {
        text = text.Trim();
        text = text is ['v' or 'V' or '=', ..] ? text[1..] : text;
        text = text.IndexOf('+') is var plus and >= 0 ? text[..plus] : text; // build metadata has no order
        preRelease = default;
        core = text;
        if (text.IndexOf('-') is var dash and >= 0)
        {
            core = text[..dash];
            preRelease = text[(dash + 1)..];
            if (preRelease.IsEmpty || !IsIdentifiers(preRelease))
            {
                return false;
            }
        }

        return !core.ContainsAnyExcept(CoreCharacters) && !HasEmptyPart(core);
    }

    private static bool HasEmptyPart(ReadOnlySpan<char> text) =>
        text.IsEmpty || text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal);

    private static int CompareCore(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (left.Length > 0 || right.Length > 0)
        {
            var order = DigitRun.Compare(TakePart(ref left), TakePart(ref right));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>Of pre-release identifiers parted by dots, none of them empty (section 11.4).</summary>
    public static int CompareIdentifiers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (left.Length > 0 && right.Length > 0)
        {
            var leftPart = TakePart(ref left);
            var rightPart = TakePart(ref right);
            var order = (DigitRun.IsNumber(leftPart), DigitRun.IsNumber(rightPart)) switch
            {
                (true, true) => DigitRun.Compare(leftPart, rightPart),
                (true, false) => -1,
                (false, true) => 1,
                _ => leftPart.SequenceCompareTo(rightPart),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static ReadOnlySpan<char> TakePart(ref ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        var part = dot < 0 ? text : text[..dot];
        text = dot < 0 ? default : text[(dot + 1)..];
        return part;
    }
}
