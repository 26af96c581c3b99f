using System.Buffers;

namespace ScoutDashboard.Images;

/// <summary>Go's own releases as SemVer, which is how OSV spells them (Go Vulnerability Database, "stdlib" and "toolchain").</summary>
public static class GoRelease
{
    private static readonly SearchValues<char> Numbers = SearchValues.Create("0123456789.");

    /// <summary><c>1.21.0-rc.2</c> of <c>go1.21rc2</c>; a release has no dash of its own, what follows one is a vendor's mark. Other text stays as it is.</summary>
    public static string ToSemVer(string version)
    {
        var text = version.StartsWith("go", StringComparison.Ordinal) ? version[2..] : version;
        text = text.IndexOfAny(['-', ' ']) is var mark and > 0 ? text[..mark] : text;
        var word = text.AsSpan().IndexOfAnyExcept(Numbers);
        if (word <= 0)
        {
            return word == 0 ? version : Whole(text);
        }

        var kind = text[word..] switch { ['r', 'c', ..] => "rc", ['b', 'e', 't', 'a', ..] => "beta", _ => "" };
        return kind.Length > 0 && int.TryParse(text.AsSpan(word + kind.Length), out var number) ? $"{Whole(text[..word])}-{kind}.{number}" : version;
    }

    private static string Whole(string release) => release.Count(character => character == '.') == 1 ? $"{release}.0" : release;
}
