namespace ScoutDashboard.Analysis.Packages;

/// <summary>Names of Node packages: <c>name</c> or <c>@scope/name</c>.</summary>
internal static class NpmName
{
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name is ['@', ..])
        {
            var slash = name.IndexOf('/');
            return slash > 1 && IsWord(name[1..slash]) && IsWord(name[(slash + 1)..]);
        }

        return IsWord(name);
    }

    /// <summary>Splits <c>name@rest</c> or <c>@scope/name@rest</c> at the first at-sign that begins no scope; false where there is none.</summary>
    public static bool TrySplit(string text, out string name, out string rest)
    {
        var at = text.Length > 1 ? text.IndexOf('@', 1) : -1;
        (name, rest) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
        return at > 0;
    }

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '-' or '_' or '~' or '!' or '\'' or '(' or ')' or '*'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
