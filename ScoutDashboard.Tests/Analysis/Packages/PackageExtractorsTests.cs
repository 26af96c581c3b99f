using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PackageExtractorsTests
{
    [Fact]
    public void IdsAreUniqueAndEveryFormatHasItsLimit()
    {
        Assert.Equal(PackageExtractors.All.Count, PackageExtractors.All.Select(extractor => extractor.Id).Distinct().Count());
        Assert.All(PackageExtractors.All, extractor => Assert.InRange(extractor.MaxFileSize, 1 << 10, 256 << 20));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("status")]
    [InlineData("package.json")]
    [InlineData("METADATA")]
    [InlineData("usr/bin/node")]
    [InlineData("é/ü")]
    public void OtherFilesAreNobodys(string path) => Assert.Null(Extraction.Wanting(path));

    [Fact]
    public void EveryExtractorHasAGoldenFileThatHoldsSomething()
    {
        Assert.Empty(PackageExtractors.All.Select(extractor => extractor.Id).Except(Goldens.All.Select(golden => golden.Extractor)));
        Assert.All(Goldens.All, golden =>
        {
            var extractor = PackageExtractors.All.Single(extractor => extractor.Id == golden.Extractor);
            Assert.True(extractor.Wants(golden.Path) || extractor.WantsHead(golden.Path, golden.Content.AsSpan(0, Math.Min(golden.Content.Length, IPackageExtractor.HeadLength))), golden.Name);
            var scan = golden.Sidecar is null ? extractor.Extract(golden.Path, golden.Content) : extractor.Extract(golden.Path, golden.Content, golden.Sidecar);
            Assert.False(scan.IsEmpty, golden.Name);
        });
    }
}
