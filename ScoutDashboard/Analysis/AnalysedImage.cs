using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>What an analysis found out about an image.</summary>
public sealed record AnalysedImage(ImageManifest Manifest, ImageConfig Config, Distribution? Distribution, Inventory Inventory, IReadOnlyList<ScanGap> Gaps)
{
    private const int MaxText = 2048;

    /// <summary>What others say of it; null where nobody looked.</summary>
    public AttestationFindings? Attestations { get; init; }

    /// <summary>The configuration's settings with the manifest's annotations.</summary>
    public ImageSettings Settings => Config.Settings with
    {
        Annotations = Manifest.Annotations.DistinctBy(a => DisplayText.Sanitise(a.Key, MaxText)).ToDictionary(
            a => DisplayText.Sanitise(a.Key, MaxText), a => DisplayText.Sanitise(a.Value, MaxText), StringComparer.Ordinal),
    };

    /// <summary>
    /// The history's steps, each with the index of the layer that it made; one nameless step a layer where history and layers don't count up:
    /// then nobody can tell which step made which layer.
    /// </summary>
    public IReadOnlyList<(HistoryStep Step, int? Layer)> Steps
    {
        get
        {
            var steps = Config.History.Count(step => !step.IsEmpty) == Manifest.Layers.Count
                ? Config.History : [.. Manifest.Layers.Select(_ => new HistoryStep("", null, IsEmpty: false))];
            var next = 0;
            return [.. steps.Select(step => (step, step.IsEmpty ? (int?)null : next++))];
        }
    }
}
