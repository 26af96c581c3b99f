using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>What Azure said of what the template made.</summary>
/// <param name="At">UTC.</param>
/// <param name="Differences">In the order of the enumeration.</param>
/// <param name="Failure">Why some of it could not be asked; null where all could.</param>
public sealed record WatchResult(DateTime At, IReadOnlyList<AzureDifference> Differences, string? Failure, string Remedy)
{
    /// <summary>Who asked; null where the dashboard did by itself.</summary>
    public string? By { get; init; }

    /// <summary>Reads what <see cref="Integration.Differences"/> holds; what a newer version wrote is passed over.</summary>
    public static IReadOnlyList<AzureDifference> Read(string names) =>
        [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => Enum.TryParse<AzureDifference>(name, out var difference) ? difference : (AzureDifference?)null).OfType<AzureDifference>()];

    /// <summary>As <see cref="Integration.Differences"/> holds it.</summary>
    public static string Write(IEnumerable<AzureDifference> differences) => string.Join(',', differences.Order());
}
