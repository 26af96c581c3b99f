namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// Alpine's order as apk-tools 2 reads it: <c>digits(.digits)* letter? (_suffix digits?)* (~hash)? -r digits</c>.
/// What lies behind the first text that fits nowhere is not compared, as in apk; a text that neither begins with a number nor fits at all is no version.
/// </summary>
internal sealed class ApkScheme : IVersionScheme
{
    public string Name => "apk";

    public int? Compare(string left, string right)
    {
        if (!IsVersion(left) || !IsVersion(right))
        {
            return null;
        }

        var a = new ApkTokens(left);
        var b = new ApkTokens(right);
        while (true)
        {
            a.MoveNext();
            b.MoveNext();
            var order = a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : a.CompareValue(b);
            if (order != 0 || a.Kind is ApkTokenKind.End or ApkTokenKind.Invalid)
            {
                return order;
            }
        }
    }

    private static bool IsVersion(string text)
    {
        var tokens = new ApkTokens(text);
        do
        {
            tokens.MoveNext();
        }
        while (tokens.Kind is not (ApkTokenKind.End or ApkTokenKind.Invalid));
        return text is [(>= '0' and <= '9') or '.', ..] || (text.Length > 0 && tokens.Kind == ApkTokenKind.End);
    }
}

/// <summary>Kinds of tokens, lowest first where two versions differ only from here on.</summary>
internal enum ApkTokenKind { PreSuffix, End, Revision, Hash, SuffixNumber, PostSuffix, Letter, Number, Fraction, Invalid }
