using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Compares a bill of materials with the packages that were found here.</summary>
public static class PackageComparison
{
    private const int MaxShown = 500;

    // Descriptions of images, programs' files and the like are no packages.
    private static readonly string[] NoPackages = ["docker", "oci"];

    /// <param name="ours">Name, version and purl of what was found here.</param>
    /// <param name="maxListed">So many differences of each side are named.</param>
    public static PackageAgreement Compare(SbomDocument sbom, IReadOnlyCollection<ComponentIdentity> ours, int maxListed)
    {
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var component in ours)
        {
            if (ParsedPackageUrl.TryParse(component.Purl, out var purl))
            {
                var key = PackageKey.Of(purl);
                here.TryAdd(key, component.Purl);
                names.TryAdd(PackageKey.OfName(component.Name, component.Version), []);
                names[PackageKey.OfName(component.Name, component.Version)].Add(key);
            }
        }

        var (seen, found) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var there = new SortedSet<string>(StringComparer.Ordinal);
        var (named, both, without) = (0, 0, 0);
        foreach (var package in sbom.Packages)
        {
            List<string> keys;
            if (ParsedPackageUrl.TryParse(package.Purl, out var purl))
            {
                if (NoPackages.Contains(purl.Type))
                {
                    continue;
                }

                keys = purl.Version is null ? [] : [.. PackageKey.Candidates(purl)];
            }
            else
            {
                keys = package.Version is null ? [] : names.GetValueOrDefault(PackageKey.OfName(package.Name, package.Version)) ?? [$"? {PackageKey.OfName(package.Name, package.Version)}"];
            }

            if (keys.Count == 0)
            {
                without++;
                continue;
            }

            // What one document says twice, or by two purls of the same package, counts once.
            var match = keys.FirstOrDefault(here.ContainsKey);
            if (!seen.Add(match ?? keys[0]))
            {
                continue;
            }

            named++;
            if (match is null)
            {
                there.Add(DisplayText.Sanitise(package.Purl ?? $"{package.Name} {package.Version}", MaxShown));
                Trim(there, maxListed);
            }
            else
            {
                both++;
                found.UnionWith(keys);
            }
        }

        var missing = here.Where(pair => !found.Contains(pair.Key)).ToList();
        return new PackageAgreement(
            named, both, missing.Count, without, [.. there],
            [.. missing.Select(pair => DisplayText.Sanitise(pair.Value, MaxShown)).Order(StringComparer.Ordinal).Take(maxListed)]);
    }

    private static void Trim(SortedSet<string> listed, int max)
    {
        if (listed.Count > max)
        {
            listed.Remove(listed.Max!);
        }
    }
}
