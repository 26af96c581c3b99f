using System.Buffers;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>Walks an apk version token by token.</summary>
internal ref struct ApkTokens(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> HashCharacters = SearchValues.Create("0123456789abcdef");
    private static readonly string[] PreSuffixes = ["alpha", "beta", "pre", "rc"];
    private static readonly string[] PostSuffixes = ["cvs", "svn", "git", "hg", "p"];

    private ReadOnlySpan<char> _rest = text;
    private ReadOnlySpan<char> _text;
    private int _rank;
    private bool _started;

    public ApkTokenKind Kind { get; private set; }

    public readonly int CompareValue(ApkTokens other) => Kind switch
    {
        ApkTokenKind.Number or ApkTokenKind.SuffixNumber or ApkTokenKind.Revision => DigitRun.Compare(_text, other._text),
        ApkTokenKind.Fraction => CompareFraction(_text, other._text),
        ApkTokenKind.Hash => _text.SequenceCompareTo(other._text),
        _ => _rank.CompareTo(other._rank),
    };

    public void MoveNext()
    {
        var previous = Kind;
        if (!_started)
        {
            _started = true;
            TakeDigits(ApkTokenKind.Number, skip: 0);
            return;
        }

        switch (_rest)
        {
            case []:
                Kind = ApkTokenKind.End;
                break;
            case [>= '0' and <= '9', ..] when previous == ApkTokenKind.Letter:
                TakeDigits(ApkTokenKind.Number, skip: 0);
                break;
            case [>= '0' and <= '9', ..] when previous is ApkTokenKind.PreSuffix or ApkTokenKind.PostSuffix:
                TakeDigits(ApkTokenKind.SuffixNumber, skip: 0);
                break;
            case ['.', ..] when previous is ApkTokenKind.Number or ApkTokenKind.Fraction:
                TakeDigits(ApkTokenKind.Fraction, skip: 1);
                break;
            case [>= 'a' and <= 'z', ..] when previous is ApkTokenKind.Number or ApkTokenKind.Fraction:
                (Kind, _rank) = (ApkTokenKind.Letter, _rest[0]);
                _rest = _rest[1..];
                break;
            case ['_', ..] when previous is not (ApkTokenKind.Hash or ApkTokenKind.Revision):
                TakeSuffix();
                break;
            case ['~', ..] when previous is not (ApkTokenKind.Hash or ApkTokenKind.Revision):
                TakeHash();
                break;
            case ['-', 'r', ..] when previous is not ApkTokenKind.Revision:
                TakeDigits(ApkTokenKind.Revision, skip: 2);
                break;
            default:
                Kind = ApkTokenKind.Invalid;
                break;
        }
    }

    private void TakeDigits(ApkTokenKind kind, int skip)
    {
        _rest = _rest[skip..];
        var length = DigitRun.Length(_rest);
        _text = _rest[..length];
        _rest = _rest[length..];
        Kind = kind;
    }

    private void TakeSuffix()
    {
        _rest = _rest[1..];
        if (!TakeSuffix(PreSuffixes, ApkTokenKind.PreSuffix) && !TakeSuffix(PostSuffixes, ApkTokenKind.PostSuffix))
        {
            // apk takes an unknown suffix for the last of those before a release and reads no further.
            (Kind, _rank) = (ApkTokenKind.PreSuffix, PreSuffixes.Length - 1);
            _rest = "?";
        }
    }

    private bool TakeSuffix(string[] suffixes, ApkTokenKind kind)
    {
        for (var index = 0; index < suffixes.Length; index++)
        {
            if (_rest.StartsWith(suffixes[index], StringComparison.Ordinal))
            {
                (Kind, _rank) = (kind, index);
                _rest = _rest[suffixes[index].Length..];
                return true;
            }
        }

        return false;
    }

    private void TakeHash()
    {
        var length = _rest[1..].IndexOfAnyExcept(HashCharacters) is var end and >= 0 ? end : _rest.Length - 1;
        _text = _rest.Slice(1, length);
        _rest = _rest[(length + 1)..];
        Kind = ApkTokenKind.Hash;
    }

    // A part with leading zeros is a fraction: more zeros are smaller, and every such part is smaller than one without.
    private static int CompareFraction(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var leftZeros = left.Length - left.TrimStart('0').Length;
        var rightZeros = right.Length - right.TrimStart('0').Length;
        return leftZeros != rightZeros ? rightZeros.CompareTo(leftZeros) : DigitRun.Compare(left, right);
    }
}
