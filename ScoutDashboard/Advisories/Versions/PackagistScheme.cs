namespace ScoutDashboard.Advisories.Versions;

/// <summary>Composer's order: versions made alike by its VersionParser, then PHP's version_compare. A named branch (<c>dev-main</c>) is below every version, as in its Comparator.</summary>
internal sealed class PackagistScheme : IVersionScheme
{
    private const int BranchWord = -1;
    private const int Number = 5;

    public string Name => "packagist";

    public int? Compare(string left, string right)
    {
        if (PackagistVersion.Parse(left) is not { } a || PackagistVersion.Parse(right) is not { } b)
        {
            return null;
        }

        for (var index = 0; index < Math.Max(a.Count, b.Count); index++)
        {
            var (leftPart, rightPart) = (a.ElementAtOrDefault(index), b.ElementAtOrDefault(index));
            var order = Rank(leftPart).CompareTo(Rank(rightPart));
            order = order != 0 ? order : CompareValue(Rank(leftPart), leftPart, rightPart);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    // Words of one rank are equal; only those of branches aren't, which Composer doesn't order among each other.
    private static int CompareValue(int rank, string? left, string? right) => rank switch
    {
        Number => DigitRun.Compare(left, right),
        BranchWord => string.CompareOrdinal(left, right),
        _ => 0,
    };

    // The special forms of version_compare; the end of a version ("#" there) stands between them, and any number is above the end.
    private static int Rank(string? part) => part switch
    {
        "dev" => 0,
        "alpha" or "a" => 1,
        "beta" or "b" => 2,
        "rc" => 3,
        null => 4,
        "patch" or "pl" or "p" => 6,
        _ => DigitRun.IsNumber(part) ? Number : BranchWord,
    };
}
