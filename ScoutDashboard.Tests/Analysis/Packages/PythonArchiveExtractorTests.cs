using System.IO.Compression;
using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PythonArchiveExtractorTests
{
    private const string Metadata = "Metadata-Version: 2.1\nName: Demo_Pkg\nVersion: 1.2\n\n";

    [Theory]
    [InlineData("usr/lib/python3/demo-1.2-py3.11.egg", "EGG-INFO/PKG-INFO")]
    [InlineData("usr/share/python-wheels/demo-1.2-py3-none-any.whl", "demo-1.2.dist-info/METADATA")]
    public void EggsAndWheelsTellWhatTheyAre(string path, string member)
    {
        var package = Assert.Single(Extraction.Of(path, Zip((member, Metadata), ("demo/sub/x.dist-info/METADATA", Metadata))).Packages);
        Assert.Equal(("pypi", "Demo_Pkg", "1.2", $"{path}!/{member}"), (package.Type, package.Name, package.Version, package.Path));
    }

    [Fact]
    public void ACutArchiveIsMalformedAndAnotherFileNothing()
    {
        var whole = Zip(("EGG-INFO/PKG-INFO", Metadata));
        for (var cut = 5; cut < whole.Length; cut++)
        {
            Assert.Throws<InvalidDataException>(() => Extraction.Of("a/demo.egg", whole[..cut]));
        }

        Assert.True(Extraction.Of("a/chicken.egg", "laid").IsEmpty);
    }

    [Fact]
    public void PipsOwnLibrariesAreRead() => Assert.Equal(["urllib3@1.26.12", "rich@12.5.1", "setuptools@44.0.0"], Extraction.Names("usr/lib/python3/dist-packages/pip/_vendor/vendor.txt",
        "urllib3==1.26.12\nrich==12.5.1\n    # comment==1\nsetuptools==44.0.0 ; python_version < '3.12'\n"));

    [Fact]
    public void CondaPackagesAreListedAndTellThatNoAdvisoriesKnowThem()
    {
        var files = Enumerable.Range(1, 12).Select(i => new MergedFile($"opt/conda/conda-meta/p{i}.json", "conda", null,
            [.. Extraction.Of($"opt/conda/conda-meta/p{i}.json", $$"""{"name":"p{{i}}","version":"1.{{i}}","subdir":"linux-64"}""").Packages.Select(package => new MergedPackage(package, 0))])).ToList();
        var inventory = Inventory.Of(new MergedInventory(files, null, []), new AnalysisLimits());
        Assert.Contains("pkg:conda/p1@1.1", inventory.Components.Keys);
        var gap = Assert.Single(inventory.Gaps);
        Assert.Equal(ScanGapKind.NoAdvisories, gap.Kind);
        Assert.EndsWith("and 2 more.", gap.Reason, StringComparison.Ordinal);
    }

    private static byte[] Zip(params (string Name, string Text)[] members)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in members)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }
}
