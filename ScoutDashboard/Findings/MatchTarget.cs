using ScoutDashboard.Advisories;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>A component as advisories see it.</summary>
/// <param name="Ecosystem">With release, e.g. <c>Debian:12</c>; "" matches nothing.</param>
/// <param name="Name">Source package for distributions; any spelling for ecosystems that normalise names.</param>
/// <param name="Version">Source version for Debian and Ubuntu.</param>
public sealed record MatchTarget(string Ecosystem, string Name, string Version)
{
    /// <summary>The shared framework whose assemblies are loaded instead of this package's.</summary>
    public FrameworkStandIn? StandIn { get; init; }

    /// <summary>Module and stream of an rpm package, <c>nodejs:18</c>; null where it is of none, or that is not told.</summary>
    public string? Stream { get; init; }

    /// <summary>The installed package, where the name is that of the source that it is built from; null where it is not told.</summary>
    public string? Binary { get; init; }

    /// <summary>The part of the ecosystem before the colon.</summary>
    public string EcosystemBase { get; } = new Ecosystem(Ecosystem).Base;

    // Both are asked once for each advisory that names the package.
    private readonly IReadOnlyList<string> _ecosystems = new Ecosystem(Ecosystem).RecordNames;
    private readonly string _name = AdvisoryNames.Normalise(new Ecosystem(Ecosystem).Base, Name);

    /// <summary>Whether its own ecosystem's entry goes before those of others that it has a share in: see <see cref="Ecosystem.IsExtended"/>.</summary>
    public bool OwnGoesFirst { get; } = new Ecosystem(Ecosystem).IsExtended;

    /// <summary>Whether an advisory's entry under this ecosystem and name is about the package in this release; one without release is about every one.</summary>
    public bool IsMeantBy(string ecosystem, string name) =>
        (ecosystem == EcosystemBase || _ecosystems.Contains(ecosystem)) && AdvisoryNames.Normalise(EcosystemBase, name) == _name;
}
