using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>Every limit can be set, is told to whoever runs the dashboard, and makes other scans than the ones that were kept.</summary>
public sealed class AnalysisLimitsTests
{
    public static TheoryData<string> Names => [.. Settable.Select(property => property.Name)];

    private static IEnumerable<PropertyInfo> Settable => typeof(AnalysisLimits).GetProperties().Where(property => property.CanWrite);

    [Theory]
    [MemberData(nameof(Names))]
    public void ALimitIsReadFromTheConfigurationAndOnlyIt(string name)
    {
        var limits = Read(name, Sevens(name)).Limits;
        foreach (var property in Settable)
        {
            var expected = property.Name == name ? Sevens(name) : $"{property.GetValue(new AnalysisLimits())}";
            Assert.Equal(expected, $"{property.GetValue(limits)}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ScansThatWereMadeUnderAnotherLimitAreNotUsed(string name) =>
        Assert.NotEqual(AnalysisSetup.Read(new ConfigurationBuilder().Build()).ExtractorSet, Read(name, Sevens(name)).ExtractorSet);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheReadmeNamesEachLimit(string name) => Assert.Contains($"`{name}`", Readme(), StringComparison.Ordinal);

    private static AnalysisSetup Read(string name, string value) =>
        AnalysisSetup.Read(new ConfigurationBuilder().AddInMemoryCollection([new($"Analysis:Limits:{name}", value)]).Build());

    private static string Sevens(string name) => typeof(AnalysisLimits).GetProperty(name)!.PropertyType == typeof(TimeSpan) ? "00:07:00" : "7";

    private static string Readme([CallerFilePath] string path = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "../../../README.md"));
}
