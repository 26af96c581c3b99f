using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class UnreadFormatTests
{
    private static readonly IEnumerable<IPackageExtractor> Unread = PackageExtractors.All.Where(extractor => extractor.WhyUnread is not null);

    [Fact]
    public async Task AnImageOfNothingElseIsNotTakenForEmpty()
    {
        var blob = new LayerTar().File("app/app.jar", "PK").ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        var merged = LayerMerge.Merge([scan], new AnalysisLimits());
        Assert.Equal(
            ["Unsupported app/app.jar: Java archives are not read yet: what lies in them is not listed here."],
            merged.Gaps.Select(gap => $"{gap.Kind} {gap.Path}: {gap.Reason}"));
    }

    [Theory]
    [InlineData("app/lib/spring.jar")]
    [InlineData("app/APP.WAR")]
    public void AFormatThatIsNotReadIsRecognised(string path) => Assert.Single(Unread, format => format.Wants(path));

    [Theory]
    [InlineData("app/jar")]
    public void WhatOnlyLooksLikeItIsNot(string path) => Assert.DoesNotContain(Unread, format => format.Wants(path));
}
