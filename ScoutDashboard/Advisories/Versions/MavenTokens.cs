namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// Splits a Maven version as ComparableVersion.parseVersion does: at dots, at dashes and between letters and digits, the latter two opening a list in the list.
/// Such a list is always the last of its parent, so that the tree is a chain and needs no recursion.
/// </summary>
internal sealed class MavenTokens
{
    private readonly List<MavenToken> _tokens = [];
    private int _listStart;

    private MavenTokens(string text)
    {
        var start = 0;
        var isNumber = false;
        for (var index = 0; index < text.Length; index++)
        {
            var isDigit = char.IsAsciiDigit(text[index]);
            if (text[index] is '.' or '-')
            {
                AddItem(text[start..index], isNumber);
                start = index + 1;
                if (text[index] == '-')
                {
                    OpenList();
                }

                continue;
            }

            if (isDigit != isNumber && index > start)
            {
                AddItem(text[start..index], isNumber, isBeforeDigit: isDigit);
                start = index;
                OpenList();
            }

            isNumber = isDigit;
        }

        if (start < text.Length)
        {
            AddItem(text[start..], isNumber);
        }

        TrimList();
        while (_tokens is [.., { IsRelease: true } or { Kind: MavenTokenKind.List }])
        {
            _tokens.RemoveAt(_tokens.Count - 1);
        }
    }

    public static MavenToken[] Of(string text) => [.. new MavenTokens(text.ToLowerInvariant())._tokens];

    private void AddItem(string text, bool isNumber, bool isBeforeDigit = false)
    {
        var token = text.Length == 0 ? MavenToken.Zero : isNumber ? new MavenToken(MavenTokenKind.Number, text) : MavenToken.Qualifier(text, isBeforeDigit);
        if (token.Kind == MavenTokenKind.Qualifier && (isBeforeDigit || !token.IsRelease) && _tokens.Count > _listStart)
        {
            OpenList();
        }

        _tokens.Add(token);
    }

    private void OpenList()
    {
        TrimList();
        _tokens.Add(MavenToken.List);
        _listStart = _tokens.Count;
    }

    // Zeros and words for a release at the end of a list say nothing.
    private void TrimList()
    {
        while (_tokens.Count > _listStart && _tokens[^1].IsRelease)
        {
            _tokens.RemoveAt(_tokens.Count - 1);
        }
    }
}
