using System.Security.Cryptography;
using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>An image's packages as they are stored: distinct components, and sets of them by layer and extractor.</summary>
public sealed record Inventory(IReadOnlyDictionary<string, ComponentIdentity> Components, IReadOnlyList<InventorySet> Sets, IReadOnlyList<ScanGap> Gaps)
{
    /// <summary>Packages beyond the limit become a gap, and so does each database whose distribution no advisories are known for.</summary>
    public static Inventory Of(MergedInventory merged, AnalysisLimits limits)
    {
        var components = new Dictionary<string, ComponentIdentity>(StringComparer.Ordinal);
        var sets = new Dictionary<(int Layer, string Kind), Dictionary<(string Purl, string Path), InventoryEntry>>();
        var gaps = new List<ScanGap>();
        var unfed = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var total = 0;
        var owners = new Dictionary<string, FoundPackage>(StringComparer.Ordinal);
        foreach (var package in merged.Files.SelectMany(file => file.Packages).Select(merged => merged.Package).Where(package => package.Type is "deb" or "apk" or "rpm"))
        {
            owners.TryAdd(package.Name, package);
        }

        var files = RepeatedFiles.Without(merged.Files).ToList();
        var declared = new DeclaredPackages(files.SelectMany(file => file.Packages).Select(found => found.Package));
        var tools = new ToolTrees(files);
        var frameworks = new SharedFrameworks(files);
        // What is installed comes first, so that a lock file never takes its room.
        foreach (var file in files.OrderBy(file => file.Packages.Any(found => found.Package.ListedOnly == ListedOnly.Declared)))
        {
            var (unknown, approximate) = (false, false);
            foreach (var (package, layer, replaced) in file.Packages)
            {
                if (declared.IsRepeated(package))
                {
                    continue;
                }

                if (++total > limits.Components)
                {
                    continue;
                }

                // Who brought a lock file did not bring what it names.
                var owner = package.ListedOnly is null && file.Owner is { } name ? owners.GetValueOrDefault(name) : null;
                var identity = ComponentIdentity.Of(package, file.Distribution, owner, frameworks.InPlaceOf(file, package));
                if (package.ListedOnly is null && identity.Ecosystem.Length == 0 && package.Type is "deb" or "apk" or "rpm")
                {
                    unknown = true;
                }
                else if (package.ListedOnly is null && identity.Ecosystem.Length == 0)
                {
                    unfed.TryAdd(package.Type, new SortedSet<string>(StringComparer.Ordinal));
                    unfed[package.Type].Add(package.Name);
                }

                approximate |= package.Type == "rpm" && identity.EcosystemBase == Ecosystem.RedHat;
                components.TryAdd(identity.Purl, identity);
                if (!sets.TryGetValue((layer, file.Extractor), out var set))
                {
                    sets[(layer, file.Extractor)] = set = [];
                }

                var path = package.Path ?? file.Path;
                set.TryAdd((identity.Purl, path), new InventoryEntry(identity.Purl, path, replaced, package.ListedOnly, package.ListedOnly is null && package.Type == "npm" ? tools.Of(path) : null));
            }

            if (approximate)
            {
                gaps.Add(new ScanGap(ScanGapKind.NoAdvisories, DisplayText.Sanitise(file.Path, 500), "Red Hat's advisories are about repositories, which the packages do not tell: those of the base "
                    + "release's stand for all. Packages of extended support and of layered products may be fixed in other versions."));
            }

            if (unknown)
            {
                gaps.Add(new ScanGap(ScanGapKind.UnknownDistribution, DisplayText.Sanitise(file.Path, 500), file.Distribution is { } distribution
                    ? $"No advisory source is known for these packages under {DisplayText.Sanitise(distribution.DisplayName, 200)}; they are listed, not matched."
                    : "No os-release tells which distribution these packages are of; they are listed, not matched."));
            }
        }

        gaps.AddRange(unfed.Select(type => new ScanGap(ScanGapKind.NoAdvisories, "", DisplayText.Sanitise(
            $"No advisory source tells of these {(type.Key switch { "generic" => "programs", "windows" => "releases of Windows", var other => $"{other} packages" })}; they are listed, not matched: {string.Join(", ", type.Value.Take(10))}"
            + (type.Value.Count > 10 ? $" and {type.Value.Count - 10} more." : "."), 500))));
        if (total > limits.Components)
        {
            gaps.Add(new ScanGap(ScanGapKind.Limit, "", $"The image has {total} packages; only the first {limits.Components} were stored."));
        }

        return new Inventory(components, [.. sets.Select(set => new InventorySet(set.Key.Layer, set.Key.Kind, Entries(set.Value)))], gaps);
    }

    /// <summary>How many distinct components are installed.</summary>
    public int InstalledCount => Sets.SelectMany(set => set.Components).Where(entry => entry.ListedOnly is null).Select(entry => entry.Purl).Distinct(StringComparer.Ordinal).Count();

    private static List<InventoryEntry> Entries(Dictionary<(string Purl, string Path), InventoryEntry> set) => [.. set.OrderBy(entry => entry.Key).Select(entry => entry.Value)];
}

/// <summary>The components that one extractor found in one layer, in order of purl and path.</summary>
public sealed record InventorySet(int Layer, string Kind, IReadOnlyList<InventoryEntry> Components)
{
    /// <summary>SHA-256 over kind and components with what is told of each, each text ended by a NUL: what makes the set the same in all images.</summary>
    public byte[] Hash { get; } = HashOf(Kind, Components);

    private static byte[] HashOf(string kind, IReadOnlyList<InventoryEntry> components)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(kind);
        foreach (var (purl, path, replaced, listedOnly, partOf) in components.OrderBy(component => component.Purl, StringComparer.Ordinal).ThenBy(component => component.Path, StringComparer.Ordinal))
        {
            Append(purl);
            Append(path);
            if (replaced is not null)
            {
                // No purl starts like this.
                Append($"\u0001{replaced.Layer} {replaced.Version}");
            }

            if (listedOnly is not null || partOf is not null)
            {
                Append($"\u0002{listedOnly} {partOf}");
            }
        }

        return hash.GetHashAndReset();

        void Append(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }
}

/// <summary>A component at a path.</summary>
/// <param name="Replaced">The version that it replaced there.</param>
/// <param name="ListedOnly">Why it is no installed package; null for one that is.</param>
/// <param name="PartOf">The tool whose own tree it lies in, with its version.</param>
public sealed record InventoryEntry(string Purl, string Path, ReplacedVersion? Replaced = null, ListedOnly? ListedOnly = null, string? PartOf = null);
