using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>What to ask advisories about a package that somebody names: by ecosystem and name, or by package URL.</summary>
public static class PackageSubject
{
    private static readonly string[] GemPlatforms = ["linux", "darwin", "mingw", "mswin", "java", "jruby", "freebsd", "solaris", "cygwin"];

    /// <param name="ecosystem">OSV ecosystem with release.</param>
    /// <param name="name">As the ecosystem spells it; for distributions the installed package.</param>
    /// <param name="version">As installed.</param>
    /// <param name="source">For distributions, the source package; null where it is called as the package.</param>
    /// <param name="sourceVersion">Its version, where it is another.</param>
    public static MatchSubject Of(string ecosystem, string name, string version, string? source, string? sourceVersion)
    {
        var known = new Ecosystem(ecosystem);
        switch (known.Base)
        {
            case Ecosystem.Npm when Alias(version) is var (aliased, aliasedVersion):
                return Subject(ecosystem, aliased, aliasedVersion);
            case Ecosystem.Go:
                return Subject(ecosystem, name, name is "stdlib" or "toolchain" ? GoRelease.ToSemVer(version) : version is ['v', ..] ? version[1..] : version);
            case Ecosystem.RubyGems:
                return Subject(ecosystem, name, WithoutPlatform(version));
            default:
                var isBySource = !known.NamesBuiltPackages && (source ?? sourceVersion) is not null;
                return isBySource ? Subject(ecosystem, source ?? name, known.Base == Ecosystem.Alpine ? version : sourceVersion ?? version) with { Binary = name } : Subject(ecosystem, name, version);
        }
    }

    /// <summary>The subject, or one sentence on why no advisories speak of such a package.</summary>
    public static (MatchSubject? Subject, string? Reason) Of(ParsedPackageUrl purl)
    {
        if (purl.Version is not { } version)
        {
            return (null, "The package URL has no version.");
        }

        if (purl.Type is "deb" or "apk" or "rpm")
        {
            return OfDistribution(purl, version);
        }

        if (purl.Qualifiers.TryGetValue("owner", out var owner) && purl.Qualifiers.ContainsKey("distro"))
        {
            return (null, $"It came with the distribution's package {DisplayText.Sanitise(owner, 100)}, whose advisories speak for it.");
        }

        var path = purl.Namespace is { } folder ? $"{folder}/{purl.Name}" : purl.Name;
        return purl.Type switch
        {
            "npm" => Found(Ecosystem.Npm, purl.Namespace is { } scope ? $"@{scope.TrimStart('@')}/{purl.Name}" : purl.Name),
            "pypi" => Found(Ecosystem.PyPI, purl.Name),
            "nuget" => (Subject(Ecosystem.NuGet, purl.Name, version) with { StandIn = purl.Qualifiers.GetValueOrDefault("framework") }, null),
            "maven" => (Subject(Ecosystem.Maven, $"{purl.Namespace}:{purl.Name}", version) with { GroupHint = purl.Qualifiers.GetValueOrDefault("package") }, null),
            "golang" => Found(Ecosystem.Go, path),
            "gem" => Found(Ecosystem.RubyGems, purl.Name),
            "cargo" => Found(Ecosystem.CratesIo, purl.Name),
            "composer" => Found(Ecosystem.Packagist, path),
            "bitnami" => Found(Ecosystem.Bitnami, purl.Name),
            "hex" when purl.Namespace is null => Found("Hex", purl.Name),
            "pub" => Found("Pub", purl.Name),
            "conan" => Found("ConanCenter", purl.Name),
            "generic" when purl is { Namespace: "microsoft", Name: WindowsEdition.ServerCore or WindowsEdition.NotTold } && Ecosystem.OfWindows(version) is { } windows => Found(windows.Name, purl.Name),
            "githubactions" => Found("GitHub Actions", path),
            _ => (null, $"No ecosystem of advisories has packages of type {DisplayText.Sanitise(purl.Type, 50)}."),
        };

        (MatchSubject?, string?) Found(string ecosystem, string name) => (Of(ecosystem, name, version, null, null), null);
    }

    private static (MatchSubject? Subject, string? Reason) OfDistribution(ParsedPackageUrl purl, string version)
    {
        var distribution = PurlDistribution.Of(purl.Namespace, purl.Qualifiers.GetValueOrDefault("distro"));
        if (distribution is null)
        {
            return (null, "The package URL does not tell the distribution and its release: distro=ID-VERSION, as os-release has them.");
        }

        if (distribution.Ecosystem is not { } ecosystem || distribution.PackageType != purl.Type)
        {
            return (null, $"There are no advisories for {DisplayText.Sanitise(distribution.PurlDistro, 100)} and packages of type {purl.Type}.");
        }

        var installed = purl.Type == "rpm" && purl.Qualifiers.TryGetValue("epoch", out var epoch) ? $"{epoch}:{version}" : version;
        var (source, sourceVersion) = Source(purl, installed);
        var stream = purl.Qualifiers.GetValueOrDefault("rpmmod") ?? purl.Qualifiers.GetValueOrDefault("modularitylabel");
        return (Of(ecosystem.Name, purl.Name, installed, source, sourceVersion) with { Stream = stream?.Split(':') is [var module, var name, ..] ? $"{module}:{name}" : null, Binary = source is null ? null : purl.Name }, null);
    }

    // upstream=name, name@version, or of other tools' rpm purls the file name-version-release.src.rpm.
    private static (string? Name, string? Version) Source(ParsedPackageUrl purl, string installed)
    {
        if (!purl.Qualifiers.TryGetValue("upstream", out var upstream))
        {
            return (null, null);
        }

        if (purl.Type == "rpm" && upstream.EndsWith(".src.rpm", StringComparison.Ordinal) && upstream[..^".src.rpm".Length].Split('-') is { Length: > 2 } parts)
        {
            var epoch = installed.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? installed[..(colon + 1)] : "";
            return (string.Join('-', parts[..^2]), $"{epoch}{parts[^2]}-{parts[^1]}");
        }

        var at = upstream.IndexOf('@', StringComparison.Ordinal);
        return at > 0 ? (upstream[..at], upstream[(at + 1)..]) : (upstream, null);
    }

    // npm's aliases: "npm:@scope/name@1.2.3" is what is really there.
    private static (string Name, string Version)? Alias(string version) =>
        version.StartsWith("npm:", StringComparison.Ordinal) && version.LastIndexOf('@') is var at and > 4 ? (version[4..at], version[(at + 1)..]) : null;

    private static string WithoutPlatform(string version) => version.IndexOf('-', StringComparison.Ordinal) is var dash and > 0
        && version[(dash + 1)..].Split('-').Any(word => GemPlatforms.Any(platform => word.StartsWith(platform, StringComparison.Ordinal))) ? version[..dash] : version;

    private static MatchSubject Subject(string ecosystem, string name, string version) => new("", new Ecosystem(ecosystem).OfBuild(version).Name, name, version, null);
}
