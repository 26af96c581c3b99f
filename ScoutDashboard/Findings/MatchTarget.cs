namespace ScoutDashboard.Findings;

/// <summary>A component as advisories see it.</summary>
/// <param name="Ecosystem">With release, e.g. <c>Debian:12</c>; "" matches nothing.</param>
/// <param name="Name">Source package for distributions; any spelling for ecosystems that normalise names.</param>
/// <param name="Version">Source version for Debian and Ubuntu.</param>
public readonly record struct MatchTarget(string Ecosystem, string Name, string Version)
{
    /// <summary>The shared framework whose assemblies are loaded instead of this package's.</summary>
    public Images.FrameworkStandIn? StandIn { get; init; }

    /// <summary>Module and stream of an rpm package, <c>nodejs:18</c>; null where it is of none, or that is not told.</summary>
    public string? Stream { get; init; }

    /// <summary>The part of the ecosystem before the colon.</summary>
    public string EcosystemBase => new Images.Ecosystem(Ecosystem).Base;
}
