using System.Reflection;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>Every limit can be set and makes other scans than the ones that were kept if it shapes them.</summary>
public sealed class AnalysisLimitsTests
{
    // Going over any other one fails the layer, of which nothing is kept, or is of whole images, of the process or of attestations.
    private static readonly string[] Shaping = [nameof(AnalysisLimits.PathBytes), nameof(AnalysisLimits.PathDepth), nameof(AnalysisLimits.Components),
        nameof(AnalysisLimits.OwnedPaths), nameof(AnalysisLimits.SidecarBytes), nameof(AnalysisLimits.Gaps)];

    /// <summary>All keys below <c>Analysis:Limits</c>.</summary>
    public static IEnumerable<string> Keys =>
    [
        .. Settable(typeof(AnalysisLimits)).Where(property => property.PropertyType != typeof(FormatLimits)).Select(property => property.Name),
        .. Settable(typeof(ManifestLimits)).Select(property => property.Name).Where(name => typeof(AnalysisLimits).GetProperty(name) is null),
        .. Settable(typeof(FormatLimits)).Select(property => $"{nameof(AnalysisLimits.Formats)}:{property.Name}"),
    ];

    public static TheoryData<string> Names => [.. Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ALimitIsReadFromTheConfigurationAndOnlyIt(string name)
    {
        var configuration = Configure(name);
        var (limits, manifests) = (AnalysisSetup.Read(configuration).Limits, ManifestLimits.Read(configuration));
        foreach (var key in Keys)
        {
            Assert.Equal(key == name ? Sevens(name) : $"{Value(new AnalysisLimits(), new ManifestLimits(), key)}", $"{Value(limits, manifests, key)}");
        }

        Assert.Equal(limits.Layers, manifests.Layers);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ScansThatWereMadeUnderAnotherLimitAreUsedOnlyIfTheyWouldBeTheSame(string name) =>
        Assert.Equal(Shaping.Contains(name) || name.Contains(':', StringComparison.Ordinal), AnalysisSetup.Read(new ConfigurationBuilder().Build()).ExtractorSet != AnalysisSetup.Read(Configure(name)).ExtractorSet);

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(property => property.CanWrite);

    private static object? Value(AnalysisLimits limits, ManifestLimits manifests, string key) => key.Split(':') is [_, var inner]
        ? typeof(FormatLimits).GetProperty(inner)!.GetValue(limits.Formats)
        : typeof(AnalysisLimits).GetProperty(key) is { } property ? property.GetValue(limits) : typeof(ManifestLimits).GetProperty(key)!.GetValue(manifests);

    private static IConfiguration Configure(string name) => new ConfigurationBuilder().AddInMemoryCollection([new($"Analysis:Limits:{name}", Sevens(name))]).Build();

    private static string Sevens(string name) => name == nameof(AnalysisLimits.WorkTime) ? "00:07:00" : "7";
}
