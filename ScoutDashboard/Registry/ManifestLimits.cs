namespace ScoutDashboard.Registry;

/// <summary>How large a manifest may be; these keys of configuration section <c>Analysis:Limits</c> hold wherever one is read.</summary>
public sealed record ManifestLimits
{
    /// <summary>Bytes of a manifest or an index.</summary>
    public int ManifestBytes { get; init; } = 4 << 20;

    /// <summary>Manifests that an index names.</summary>
    public int ManifestChildren { get; init; } = 256;

    /// <summary>Layers of an image.</summary>
    public int Layers { get; init; } = 512;

    public static ManifestLimits Read(IConfiguration configuration) => configuration.GetSection("Analysis:Limits").Get<ManifestLimits>() ?? new ManifestLimits();
}
