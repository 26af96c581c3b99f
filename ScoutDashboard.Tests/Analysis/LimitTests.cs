using System.Globalization;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Layers;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>Each limit, as it is configured: what keeps it is read whole; where it is one less, the image tells where and why. No limit is without such a test.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly OciLayout _layout = new();

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (var (at, limit) in LimitCase.All.Index())
            {
                cases.Add(at, limit.Limit);
            }

            return cases;
        }
    }

    public void Dispose() => _layout.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatKeepsALimitIsReadAndWhatGoesOverItByOneIsTold(int at, string limit)
    {
        var tried = LimitCase.All[at];
        Assert.Equal(limit, tried.Limit);
        var image = new OciImageBuilder();
        foreach (var layer in tried.Layers)
        {
            image.Layer(layer, "ADD", LayerCompression.None);
        }

        _layout.Add("v1", image);
        Assert.DoesNotContain(await GapsAsync(limit, tried.Within), gap => gap.Kind == ScanGapKind.Limit);
        Assert.Contains(await GapsAsync(limit, tried.Within - 1), gap => gap.Kind == ScanGapKind.Limit && gap.Path == tried.Path && gap.Reason.Contains(tried.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void NoLimitIsWithoutATest()
    {
        var tests = typeof(LimitTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributesData())
            .Where(attribute => attribute.AttributeType == typeof(TraitAttribute) && attribute.ConstructorArguments[0].Value is "Limit").Select(attribute => (string)attribute.ConstructorArguments[1].Value!);
        Assert.Empty(AnalysisLimitsTests.Keys.Except(LimitCase.All.Select(tried => tried.Limit)).Except(tests));
    }

    // What fails the whole image is told as its reason.
    private async Task<IReadOnlyList<ScanGap>> GapsAsync(string limit, long value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Analysis:Limits:{limit}", value.ToString(CultureInfo.InvariantCulture))]).Build();
        Assert.True(ImageLocation.TryParse($"oci:{_layout.Folder}", out var location, out _));
        try
        {
            return (await new StandaloneAnalyser(configuration).AnalyseAsync(location, null, new Progress<AnalysisProgress>(), CancellationToken.None)).Gaps;
        }
        catch (AnalysisException exception)
        {
            return [new ScanGap(ScanGapKind.Limit, "", exception.Message)];
        }
    }
}
