namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Splits a file name as Maven writes it: <c>artifact-version.jar</c>, also with a classifier behind.</summary>
internal static class JarName
{
    // Words that go on a version though a number follows; behind any other the number begins the version: log4j-1.2-api-2.17.1.
    private static readonly string[] Qualifiers = ["alpha", "beta", "rc", "cr", "m", "milestone", "snapshot", "sp", "pre", "ea", "b", "build", "final", "ga", "patch", "p", "r", "rev"];

    private static readonly string[] Told = ["Implementation-Version", "Bundle-Version"];

    /// <summary>The file name without its extension.</summary>
    public static string Stem(string fileName) => fileName.LastIndexOf('.') is var dot and > 0 ? fileName[..dot] : fileName;

    /// <summary>Artifact and version of a stem, or null. A version that the manifest tells decides where several splits are possible.</summary>
    public static (string Artifact, string Version)? Split(string stem, JarManifest manifest)
    {
        foreach (var header in Told)
        {
            if (manifest[header] is { } version && MavenCoordinates.IsVersion(version) && stem.LastIndexOf($"-{version}", StringComparison.Ordinal) is var at and > 0
                && (at + 1 + version.Length == stem.Length || stem[at + 1 + version.Length] == '-'))
            {
                return Checked(stem[..at], version);
            }
        }

        var words = stem.Split('-');
        var first = Array.FindIndex(words, 1, words.Length - 1, BeginsWithDigit);
        for (var next = first + 1; first > 0 && next < words.Length; next++)
        {
            if (BeginsWithDigit(words[next]) && words[next].Contains('.') && words[next - 1].All(char.IsAsciiLetter) && !Qualifiers.Contains(words[next - 1], StringComparer.OrdinalIgnoreCase))
            {
                first = next;
            }
        }

        return first > 0 ? Checked(string.Join('-', words[..first]), string.Join('-', words[first..])) : null;
    }

    /// <summary>Whether a file of this stem may be the artifact's own: <c>artifact</c>, or <c>artifact-</c> and a number.</summary>
    public static bool IsOf(string stem, string artifact) => stem.StartsWith(artifact, StringComparison.Ordinal)
        && (stem.Length == artifact.Length || (stem.Length > artifact.Length + 1 && stem[artifact.Length] == '-' && char.IsAsciiDigit(stem[artifact.Length + 1])));

    private static bool BeginsWithDigit(string word) => word is [>= '0' and <= '9', ..];

    private static (string, string)? Checked(string artifact, string version) =>
        MavenCoordinates.IsId(artifact) && MavenCoordinates.IsVersion(version) ? (artifact, version) : null;
}
