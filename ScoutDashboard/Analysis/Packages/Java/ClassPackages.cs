using ScoutDashboard.Analysis.Packages.Zip;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Tells the Java package that an archive's own classes lie in: the best witness of a Maven group that nothing names.</summary>
internal static class ClassPackages
{
    private const int MaxLength = 200;
    private static readonly string[] Roots = ["BOOT-INF/classes/", "WEB-INF/classes/"];

    /// <summary>The common package of most classes, of two segments or more; else what the manifest calls the bundle; else null.</summary>
    public static string? Hint(IReadOnlyList<ZipMember> members, JarManifest manifest)
    {
        var folders = members.Where(member => member.Name.EndsWith(".class", StringComparison.OrdinalIgnoreCase)).Select(member => Segments(member.Name))
            .Where(segments => segments.Length >= 2 && segments[0] != "META-INF").ToList();
        var main = folders.GroupBy(segments => (segments[0], segments[1])).MaxBy(group => group.Count());
        var hint = main is not null && main.Count() * 2 > folders.Count ? string.Join('.', main.Aggregate(Common)) : manifest["Bundle-SymbolicName"]?.Split(';')[0].Trim();
        return hint is { Length: <= MaxLength } && hint.Contains('.') && MavenCoordinates.IsId(hint) ? hint : null;
    }

    private static string[] Segments(string name)
    {
        foreach (var root in Roots)
        {
            name = name.StartsWith(root, StringComparison.Ordinal) ? name[root.Length..] : name;
        }

        return name.Split('/')[..^1];
    }

    private static string[] Common(string[] left, string[] right) => [.. left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)];
}
