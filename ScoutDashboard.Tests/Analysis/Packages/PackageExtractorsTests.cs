using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PackageExtractorsTests
{
    [Fact]
    public void IdsAreUniqueAndEveryFormatHasItsLimit()
    {
        Assert.Equal(PackageExtractors.All.Count, PackageExtractors.All.Select(extractor => extractor.Id).Distinct().Count());
        Assert.All(PackageExtractors.All, extractor => Assert.InRange(extractor.MaxFileSize, 1 << 10, 512 << 20));
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

    // Whole names and ends of names in each folder that any format looks into, in every case.
    [Fact]
    public void NobodyWantsAPathThatEndsOtherwiseThanItSays()
    {
        string[] folders = ["", .. Goldens.All.SelectMany(golden => Folders(golden.Path)).Distinct(), "a/node_modules/@b/c/", "a/specifications/default/", "etc/", "usr/lib/", "var/lib/rpm/", "usr/lib/sysimage/rpm/"];
        string[] ends = [.. Goldens.All.Select(golden => golden.Path), .. PackageExtractors.All.SelectMany(extractor => extractor.Endings ?? []), "METADATA", "a.b", "status"];
        var wanted = 0;
        foreach (var name in ends.SelectMany(Names).Distinct())
        {
            foreach (var path in folders.Select(folder => folder + name))
            {
                var wanting = PackageExtractors.All.Where(extractor => extractor.Wants(path)).ToList();
                wanted += wanting.Count;
                Assert.All(wanting, extractor => Assert.True(Extraction.IsAsked(extractor, path), $"{extractor.Id} wants {path}"));
            }
        }

        Assert.True(wanted > 1000, $"Only {wanted} paths were wanted.");
    }

    private static IEnumerable<string> Folders(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..(slash + 1)];
            yield return "opt/root/" + path[..(slash + 1)];
        }
    }

    private static IEnumerable<string> Names(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return [name, "a" + name, name.ToUpperInvariant(), name.ToLowerInvariant(), "a" + name.ToUpperInvariant(), name + "-wal", name + "x", name[..^1]];
    }

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
