using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Spells package names as their ecosystems compare them.</summary>
public static class AdvisoryNames
{
    /// <summary>PyPI: PEP 503 (lower case, runs of <c>-_.</c> become one dash); NuGet and Packagist: lower case; all others as written.</summary>
    public static string Normalise(string ecosystemBase, string name) => ecosystemBase switch
    {
        Ecosystem.PyPI => Pep503(name),
        Ecosystem.NuGet or Ecosystem.Packagist => name.ToLowerInvariant(),
        _ => name,
    };

    /// <summary>
    /// The advisory names of all components that an advisory on this name, normalised, may be about: for Maven also artifacts whose group their archive does
    /// not tell, <c>:artifact</c>, or tells in the file's name only, <c>:group.artifact</c>; of .NET's runtimes those of all platforms.
    /// </summary>
    public static IEnumerable<string> MayMean(string ecosystemBase, string name) => ecosystemBase switch
    {
        Ecosystem.Maven when name.IndexOf(':') is var colon and > 0 => [name, name[colon..], $":{name.Replace(':', '.')}"],
        Ecosystem.NuGet => RuntimePacks.Siblings(name),
        _ => [name],
    };

    /// <summary>The names under which advisories may tell of a component, its own first. Not for Maven, where only the advisories know.</summary>
    public static IEnumerable<string> Under(string ecosystemBase, string name)
    {
        var own = Normalise(ecosystemBase, name);
        return ecosystemBase == Ecosystem.NuGet ? RuntimePacks.Siblings(own) : [own];
    }

    private static string Pep503(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name.ToLowerInvariant())
        {
            if (character is not ('-' or '_' or '.'))
            {
                text.Append(character);
            }
            else if (text.Length == 0 || text[^1] != '-')
            {
                text.Append('-');
            }
        }

        return text.ToString();
    }
}
