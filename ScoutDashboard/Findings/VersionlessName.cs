namespace ScoutDashboard.Findings;

/// <summary>
/// Compares names of Debian packages without what may be a version in them, which rises with a security update: ABI, soname, release series. So
/// <c>libclamav9</c> is <c>libclamav11</c>, <c>libldap-2.4-2</c> is <c>libldap2</c>, and <c>libqt5core5a</c> is <c>libqt5core5t64</c>.
/// </summary>
internal static class VersionlessName
{
    public static bool AreEqual(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var (atLeft, atRight) = (Next(left, 0), Next(right, 0));
        while (atLeft < left.Length && atRight < right.Length && left[atLeft] == right[atRight])
        {
            (atLeft, atRight) = (Next(left, atLeft + 1), Next(right, atRight + 1));
        }

        return atLeft == left.Length && atRight == right.Length;
    }

    private static int Next(ReadOnlySpan<char> name, int at)
    {
        while (at < name.Length && MayBeOfVersion(name, at))
        {
            at++;
        }

        return at;
    }

    // All dashes and dots, since which of them belong to a version differs: libldap-2.4-2, libldap2. A single letter after a digit is that of a changed ABI: 5a, 0c2a, 1v5, 3t64.
    private static bool MayBeOfVersion(ReadOnlySpan<char> name, int at) => name[at] is '-' or '.' || char.IsAsciiDigit(name[at])
        || (char.IsAsciiLetter(name[at]) && at > 0 && char.IsAsciiDigit(name[at - 1]) && (at + 1 == name.Length || !char.IsAsciiLetter(name[at + 1])));
}
