using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>The ecosystems of the OSV bucket that packages in images can be of, and whose data each carries (OSV.dev, data sources).</summary>
public static class OsvEcosystems
{
    private static readonly AdvisoryDatabase[] GitHubOnly = [AdvisoryDatabase.GitHub];

    /// <summary>A copy of what Microsoft publishes, which the feed of Azure Linux itself reads.</summary>
    public static OsvEcosystem AzureLinux { get; } = new(Ecosystem.AzureLinux, [AdvisoryDatabase.AzureLinux]);

    /// <summary>Base ecosystems; those with terms are loaded only where the user accepts their licence.</summary>
    public static IReadOnlyList<OsvEcosystem> All { get; } =
    [
        new("Debian", [AdvisoryDatabase.Debian]),
        new("Ubuntu", [AdvisoryDatabase.Ubuntu]),
        new("Alpine", [AdvisoryDatabase.Alpine]),
        new("Wolfi", [AdvisoryDatabase.Chainguard], HasTerms: true),
        new("Chainguard", [AdvisoryDatabase.Chainguard], HasTerms: true),
        new("AlmaLinux", [AdvisoryDatabase.AlmaLinux]),
        new("Rocky Linux", [AdvisoryDatabase.RockyLinux]),
        new("Red Hat", [AdvisoryDatabase.RedHat]),
        new("SUSE", [AdvisoryDatabase.Suse]),
        new("openSUSE", [AdvisoryDatabase.Suse]),
        new("Photon OS", [AdvisoryDatabase.Photon]),
        new("openEuler", [AdvisoryDatabase.OpenEuler]),
        new("Mageia", [AdvisoryDatabase.Mageia]),
        new("Echo", [AdvisoryDatabase.Echo]),
        new("MinimOS", [AdvisoryDatabase.MinimOS]),
        new("Bitnami", [AdvisoryDatabase.Bitnami]),
        new("npm", [AdvisoryDatabase.GitHub, AdvisoryDatabase.Malicious]),
        new("NuGet", GitHubOnly),
        new("PyPI", [AdvisoryDatabase.GitHub, AdvisoryDatabase.PyPa, AdvisoryDatabase.Malicious]),
        new("Maven", GitHubOnly),
        new("Go", [AdvisoryDatabase.Go, AdvisoryDatabase.GitHub]),
        new("crates.io", [AdvisoryDatabase.RustSec, AdvisoryDatabase.GitHub]),
        new("RubyGems", GitHubOnly),
        new("Packagist", [AdvisoryDatabase.GitHub, AdvisoryDatabase.Drupal]),
        new("Hex", [AdvisoryDatabase.GitHub, AdvisoryDatabase.Erlang]),
        new("Pub", GitHubOnly),
        new("ConanCenter", GitHubOnly),
    ];
}

/// <summary>One directory of the OSV bucket.</summary>
public sealed record OsvEcosystem(string Name, IReadOnlyList<AdvisoryDatabase> Databases, bool HasTerms = false);
