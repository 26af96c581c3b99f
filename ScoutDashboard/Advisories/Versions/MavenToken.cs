namespace ScoutDashboard.Advisories.Versions;

/// <summary>A number, a qualifier, or the opening of a nested list in a Maven version.</summary>
internal readonly record struct MavenToken(MavenTokenKind Kind, string Text, int Rank = 0)
{
    public static readonly MavenToken Zero = new(MavenTokenKind.Number, "0");
    public static readonly MavenToken List = new(MavenTokenKind.List, "");

    private const int ReleaseRank = 5;

    /// <summary>Whether it stands for nothing at the end of a list.</summary>
    public bool IsRelease => Kind != MavenTokenKind.List && AgainstRelease == 0;

    /// <summary>Below 0, 0 or above 0 as this alone makes a version lower than, equal to or higher than the release.</summary>
    public int AgainstRelease => Kind switch
    {
        MavenTokenKind.Number => DigitRun.Compare(Text, ""),
        MavenTokenKind.Qualifier => Rank.CompareTo(ReleaseRank),
        _ => 0,
    };

    // The known qualifiers in Maven's order; unknown ones follow by their text. "a", "b" and "m" are short for others before a digit only.
    public static MavenToken Qualifier(string text, bool isBeforeDigit)
    {
        var rank = text switch
        {
            "alpha" => 0,
            "beta" => 1,
            "milestone" => 2,
            "rc" or "cr" => 3,
            "snapshot" => 4,
            "ga" or "final" or "release" => ReleaseRank,
            "sp" => 6,
            "a" when isBeforeDigit => 0,
            "b" when isBeforeDigit => 1,
            "m" when isBeforeDigit => 2,
            _ => 7,
        };
        return new MavenToken(MavenTokenKind.Qualifier, rank == 7 ? text : "", rank);
    }

    public int CompareValue(MavenToken other) => Kind == MavenTokenKind.Number
        ? DigitRun.Compare(Text, other.Text)
        : Rank != other.Rank ? Rank.CompareTo(other.Rank) : string.CompareOrdinal(Text, other.Text);
}

/// <summary>The kinds of tokens, lowest first where two versions differ in kind.</summary>
internal enum MavenTokenKind { Qualifier, List, Number }
