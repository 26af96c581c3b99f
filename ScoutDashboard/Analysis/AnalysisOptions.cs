using System.ComponentModel.DataAnnotations;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>Configuration section <c>Analysis</c>.</summary>
public sealed record AnalysisOptions
{
    /// <summary>Platforms of an index that are analysed, <c>os/architecture[/variant]</c>; without a variant any is meant.</summary>
    [CustomValidation(typeof(AnalysisOptions), nameof(CheckPlatform))]
    public IReadOnlyList<string> Platforms { get; init; } = ["linux/amd64", "linux/arm64", "windows/amd64"];

    /// <summary>Layers that are scanned at the same time, of all analyses.</summary>
    [Range(1, 1024)]
    public int ParallelLayers { get; init; } = Math.Max(2, Environment.ProcessorCount);

    public bool Selects(Platform platform) => Platforms.Any(selected =>
        selected.Equals(platform.ToString(), StringComparison.OrdinalIgnoreCase)
        || selected.Equals($"{platform.Os}/{platform.Architecture}", StringComparison.OrdinalIgnoreCase));

    public static AnalysisOptions Read(IConfiguration configuration)
    {
        var defaults = new AnalysisOptions();
        var section = configuration.GetSection("Analysis:Platforms");
        var platforms = ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value));
        return new AnalysisOptions
        {
            Platforms = platforms.Length > 0 ? platforms : defaults.Platforms,
            ParallelLayers = Math.Max(1, configuration.GetValue("Analysis:ParallelLayers", defaults.ParallelLayers)),
        };
    }

    public static ValidationResult? CheckPlatform(string value, ValidationContext context) =>
        Platform.TryParse(value, out _) ? ValidationResult.Success : new ValidationResult("must be os/architecture[/variant], e.g. linux/amd64.");
}
