using ScoutDashboard.Analysis.Packages.Zip;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>What a jar is and holds, from the poms in it, its manifest and its file name.</summary>
/// <param name="Packages">Without paths.</param>
/// <param name="IsNameless">Whether it has classes that nothing tells the origin of.</param>
internal sealed record JarIdentity(IReadOnlyList<FoundPackage> Packages, bool IsNameless)
{
    public static JarIdentity Of(string fileName, JarManifest manifest, IReadOnlyList<MavenCoordinates> poms, IReadOnlyList<ZipMember> members)
    {
        var stem = JarName.Stem(fileName);
        var named = JarName.Split(stem, manifest);
        var packages = poms.Select(pom => new FoundPackage("maven", pom.Name, pom.Version)).ToList();
        // Shaded jars carry the poms of what was put into them, with or without their own; a single pom in a renamed jar is its own.
        if (poms.Any(pom => IsOwn(stem, pom)) || (named is null && poms.Count == 1))
        {
            return new JarIdentity(packages, IsNameless: false);
        }

        var hasClasses = members.Any(member => member.Name.EndsWith(".class", StringComparison.OrdinalIgnoreCase));
        if (Own(stem, named, manifest) is not { } own)
        {
            var isContainer = poms.Count > 0 || members.Any(member => JavaExtractor.IsArchive(member.Name));
            return new JarIdentity(packages, hasClasses && !isContainer);
        }

        if (hasClasses || !IsText(own.Version))
        {
            packages.Add(new FoundPackage("maven", own.Name, own.Version, GroupHint: own.Group is null ? ClassPackages.Hint(members, manifest) : null));
        }

        return new JarIdentity(packages, IsNameless: false);
    }

    // Quarkus writes group.artifact-version.jar.
    private static bool IsOwn(string stem, MavenCoordinates pom) => JarName.IsOf(stem, pom.Artifact) || JarName.IsOf(stem, $"{pom.Group}.{pom.Artifact}");

    // The file name before the manifest's titles, which are made for people. The group only where a header is made for it: symbolic names and vendor ids
    // often look like one and are not.
    private static MavenCoordinates? Own(string stem, (string Artifact, string Version)? named, JarManifest manifest)
    {
        var plugin = manifest["Plugin-Version"] is null ? null : manifest["Short-Name"];
        var artifact = MavenCoordinates.IsId(plugin) ? plugin : named?.Artifact ?? (MavenCoordinates.IsId(stem) ? stem : null);
        var version = (plugin is null ? named?.Version : null) ?? manifest.Versions.FirstOrDefault();
        var group = manifest["Group-Id"];
        return artifact is null || version is null ? null : new MavenCoordinates(MavenCoordinates.IsId(group) ? group : null, artifact, version);
    }

    private static bool IsText(string version) => version.EndsWith("-sources", StringComparison.Ordinal) || version.EndsWith("-javadoc", StringComparison.Ordinal);
}
