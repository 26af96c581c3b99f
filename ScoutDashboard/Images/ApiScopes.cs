namespace ScoutDashboard.Images;

/// <summary>What an API key may read. None of them changes anything.</summary>
[Flags]
public enum ApiScopes
{
    None = 0,

    /// <summary>Bills of materials and findings of images.</summary>
    Exports = 1,

    /// <summary>The audit log.</summary>
    Audit = 2,

    /// <summary>Measurements of the dashboard itself.</summary>
    Metrics = 4,
}
