using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>How images are analysed here: what is configured, and the extractors with the name under which their scans are kept.</summary>
public sealed class AnalysisSetup(AnalysisOptions options, AnalysisLimits limits, IReadOnlyList<IPackageExtractor> extractors)
{
    public AnalysisOptions Options { get; } = options;
    public AnalysisLimits Limits { get; } = limits;
    public LayerScanner Scanner { get; } = new(extractors, limits, () => TimeProvider.System.GetElapsedTime(0));

    /// <summary>
    /// Changes whenever the same layer could give another scan: the scanner, an extractor, or a limit that shapes scans is not what it was. All layers are then scanned
    /// again as their images are analysed: also those that hit no limit, for under lower limits they might, and nobody kept by how much.
    /// </summary>
    public string ExtractorSet { get; } =
        string.Join(' ', extractors.Select(extractor => $"{extractor.Id}:{extractor.Version}").Prepend($"scan:{LayerScanner.Version}"))
        + (limits.OfScans == new AnalysisLimits() ? "" : $" limits:{Digest.Of(Encoding.UTF8.GetBytes(limits.OfScans.ToString())).Short}");

    /// <summary>As configuration section <c>Analysis</c> says, with every extractor that there is.</summary>
    public static AnalysisSetup Read(IConfiguration configuration)
    {
        var limits = configuration.GetSection("Analysis:Limits").Get<AnalysisLimits>() ?? new AnalysisLimits();
        return new AnalysisSetup(AnalysisOptions.Read(configuration), limits, PackageExtractors.Under(limits.Formats));
    }
}
