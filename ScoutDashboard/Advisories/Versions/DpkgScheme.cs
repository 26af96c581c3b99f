using System.Buffers;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>Debian's order: <c>[epoch:]upstream[-revision]</c> (Debian Policy 5.6.12, deb-version(7)).</summary>
internal sealed class DpkgScheme : IVersionScheme
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+-~:");

    public string Name => "dpkg";

    public int? Compare(string left, string right)
    {
        if (!TrySplit(left, out var leftEpoch, out var leftUpstream, out var leftRevision)
            || !TrySplit(right, out var rightEpoch, out var rightUpstream, out var rightRevision))
        {
            return null;
        }

        var order = DigitRun.Compare(leftEpoch, rightEpoch);
        order = order != 0 ? order : ComparePart(leftUpstream, rightUpstream);
        return order != 0 ? order : ComparePart(leftRevision, rightRevision);
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> epoch, out ReadOnlySpan<char> upstream, out ReadOnlySpan<char> revision)
    {
        text = text.Trim();
        epoch = revision = default;
        upstream = text;
        if (text.ContainsAnyExcept(Allowed))
        {
            return false;
        }

        if (text.IndexOf(':') is var colon and >= 0)
        {
            epoch = text[..colon];
            upstream = text[(colon + 1)..];
            if (!DigitRun.IsNumber(epoch))
            {
                return false;
            }
        }

        if (upstream.LastIndexOf('-') is var dash and >= 0)
        {
            revision = upstream[(dash + 1)..];
            upstream = upstream[..dash];
            if (revision.IsEmpty)
            {
                return false;
            }
        }

        return upstream.Length > 0;
    }

    // Runs of other characters and runs of digits take turns; a missing run is empty, a missing number zero.
    private static int ComparePart(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (left.Length > 0 || right.Length > 0)
        {
            while ((left.Length > 0 && !char.IsAsciiDigit(left[0])) || (right.Length > 0 && !char.IsAsciiDigit(right[0])))
            {
                var order = Weight(left).CompareTo(Weight(right));
                if (order != 0)
                {
                    return order;
                }

                left = left[1..];
                right = right[1..];
            }

            var leftDigits = DigitRun.Length(left);
            var rightDigits = DigitRun.Length(right);
            var numbers = DigitRun.Compare(left[..leftDigits], right[..rightDigits]);
            if (numbers != 0)
            {
                return numbers;
            }

            left = left[leftDigits..];
            right = right[rightDigits..];
        }

        return 0;
    }

    // "~" sorts before the end of a run, letters after it, everything else after the letters.
    private static int Weight(ReadOnlySpan<char> text) => text switch
    {
        [] => 0,
        ['~', ..] => -1,
        [var first, ..] when char.IsAsciiDigit(first) => 0,
        [var first, ..] when char.IsAsciiLetter(first) => first,
        [var first, ..] => first + 256,
    };
}
