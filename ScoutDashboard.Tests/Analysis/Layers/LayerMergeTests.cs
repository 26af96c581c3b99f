using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

public sealed class LayerMergeTests
{
    [Fact]
    public Task AHigherFileReplacesALowerOneAndKeepsTheLayerOfWhatStayed() => AssertAsync(["db.pkg: a@1 #0", "db.pkg: c@1 #1"],
        new LayerTar().File("db.pkg", "a@1\nb@1"), new LayerTar().File("db.pkg", "a@1\nc@1"));

    [Fact]
    public Task APackageThatWasRemovedAndCameBackBelongsToTheLayerThatBroughtItBack() => AssertAsync(["db.pkg: a@1 #2"],
        new LayerTar().File("db.pkg", "a@1"), new LayerTar().File("db.pkg", ""), new LayerTar().File("db.pkg", "a@1"));

    [Fact]
    public Task AFileDeletedAndWrittenAgainInOneLayerKeepsItsAttribution() => AssertAsync(["db.pkg: a@1 #0", "db.pkg: b@1 #1"],
        new LayerTar().File("db.pkg", "a@1"), new LayerTar().File("db.pkg", "b@1\na@1").Whiteout("db.pkg").File("db.pkg", "a@1\nb@1"));

    [Fact]
    public Task AWhiteoutHidesAFolderOfLowerLayersOnlyWhateverItsOrder() => AssertAsync(["app/new.pkg: n@1 #1"],
        new LayerTar().File("app/old.pkg", "o@1"), new LayerTar().File("app/new.pkg", "n@1").Whiteout("app"));

    [Fact]
    public Task AnOpaqueFolderHidesLowerFilesButNotItsOwn() => AssertAsync(["app/b.pkg: b@1 #1"],
        new LayerTar().File("app/a.pkg", "a@1").File("app/x/y.pkg", "y@1"), new LayerTar().File("app/b.pkg", "b@1").Opaque("app"));

    [Fact]
    public Task AnOpaqueRootHidesEverything() => AssertAsync([], new LayerTar().File("app/a.pkg", "a@1"), new LayerTar().Opaque(""));

    [Fact]
    public Task AFileOverAFolderDeletesWhatWasInIt() => AssertAsync([], new LayerTar().File("app/a.pkg", "a@1"), new LayerTar().File("app", "no folder"));

    [Fact]
    public Task AFolderOverAFolderMergesAndOverAFileReplaces() => AssertAsync(["app/a.pkg: a@1 #0"],
        new LayerTar().File("app/a.pkg", "a@1").File("x.pkg", "x@1"), new LayerTar().Directory("app").Directory("x.pkg"));

    [Fact]
    public Task TheLastOfTwoEntriesWins() => AssertAsync(["a.pkg: second@1 #0"], new LayerTar().File("a.pkg", "first@1").File("a.pkg", "second@1"));

    [Fact]
    public Task DatabasesMeetThroughALinkedFolder() => AssertAsync(["usr/lib/db.pkg: b@1 #2"],
        new LayerTar().File("usr/lib/db.pkg", "a@1"), new LayerTar().Symlink("lib", "usr/lib"), new LayerTar().File("lib/db.pkg", "b@1"));

    [Theory]
    [InlineData("/usr/lib")]
    [InlineData("../../usr/./lib/")]
    [InlineData("../missing/../usr/lib")]
    public Task LinksLeadWhereTheKernelWouldGo(string target) => AssertAsync(["usr/lib/db.pkg: a@1 #0"],
        new LayerTar().Symlink("opt/lib", target).File("opt/lib/db.pkg", "a@1"));

    [Fact]
    public Task DotDotAfterALinkGoesUpFromWhereTheLinkLed() => AssertAsync(["real/db.pkg: a@1 #0"],
        new LayerTar().File("real/deep/x.pkg", "").Symlink("short", "real/deep").Symlink("up", "short/..").File("up/db.pkg", "a@1"));

    [Fact]
    public Task AFolderInPlaceOfALinkIsAFolder() => AssertAsync(["lib/db.pkg: b@1 #1", "usr/lib/db.pkg: a@1 #0"],
        new LayerTar().File("usr/lib/db.pkg", "a@1").Symlink("lib", "usr/lib"), new LayerTar().Directory("lib").File("lib/db.pkg", "b@1"));

    [Fact]
    public Task AWhiteoutThroughALinkDeletesWhereItLeads() => AssertAsync([],
        new LayerTar().File("usr/lib/db.pkg", "a@1").Symlink("lib", "usr/lib"), new LayerTar().Whiteout("lib/db.pkg"));

    [Fact]
    public async Task LinksInACircleAreAGap()
    {
        var merged = await MergeAsync(new LayerTar().Symlink("a", "b").Symlink("b", "a").File("a/x.pkg", "x@1"));
        Assert.Empty(merged.Files);
        Assert.Equal(ScanGapKind.Limit, Assert.Single(merged.Gaps).Kind);
    }

    [Fact]
    public Task AHardLinkHasWhatItsTargetHasAndOutlivesIt() => AssertAsync(["b.pkg: a@1 #0"],
        new LayerTar().File("a.pkg", "a@1").HardLink("b.pkg", "a.pkg"), new LayerTar().Whiteout("a.pkg"));

    [Fact]
    public Task AHardLinkMayPointIntoALowerLayer() => AssertAsync(["a.pkg: a@1 #0", "b.pkg: a@1 #1"],
        new LayerTar().File("a.pkg", "a@1"), new LayerTar().HardLink("b.pkg", "/a.pkg"));

    [Fact]
    public Task AProgramIsReadByItsFirstBytesWhateverItsName() => AssertAsync(["usr/bin/tool: a@1 #0"],
        new LayerTar().File("usr/bin/tool", "#!bin\na@1").File("usr/bin/other", "#!sh\nb@1").File("usr/bin/tiny", "#").File("usr/bin/none", ""));

    [Fact]
    public Task AProgramsLongBodyIsReadBeyondItsHead() => AssertAsync(["tool: z@9 #0"],
        new LayerTar().File("first", new string('x', 200_000)).File("tool", $"#!bin{new string(' ', 90_000)}\nz@9").File("last", "short"));

    [Fact]
    public Task AnotherNameOfAProgramHoldsWhatTheProgramHoldsAndOutlivesIt() => AssertAsync(["bin/b: a@1 #0", "bin/c: a@1 #1"],
        new LayerTar().File("bin/a", "#!bin\na@1").HardLink("bin/b", "bin/a"), new LayerTar().HardLink("bin/c", "bin/a").Whiteout("bin/x"), new LayerTar().Whiteout("bin/a"));

    [Fact]
    public Task AnotherNameOfAListThatItsNameToldHoldsNothing() => AssertAsync(["a.pkg: a@1 #0"],
        new LayerTar().File("a.pkg", "a@1").HardLink("plain", "a.pkg"));

    [Fact]
    public Task AProgramReplacedByAPlainFileIsGone() => AssertAsync([],
        new LayerTar().File("tool", "#!bin\na@1"), new LayerTar().File("tool", "#!sh"));

    [Fact]
    public async Task AProgramOverTheLimitIsAGap()
    {
        var merged = await MergeAsync(new LayerTar().File("tool", $"#!bin{new string(' ', HeadExtractor.Limit)}"));
        Assert.Equal((ScanGapKind.Limit, "tool"), (Assert.Single(merged.Gaps).Kind, merged.Gaps[0].Path));
    }

    [Fact]
    public async Task ALinkToAFileThatWasNotReadIsAGap()
    {
        var merged = await MergeAsync(new LayerTar().File("store/1", "a@1").HardLink("b.pkg", "store/1").Symlink("c.pkg", "store/1"));
        Assert.Equal(["b.pkg", "c.pkg"], merged.Gaps.Select(gap => gap.Path));
        Assert.All(merged.Gaps, gap => Assert.Equal(ScanGapKind.Unsupported, gap.Kind));
    }

    [Fact]
    public async Task AMalformedFileStillReplacesTheLowerOneAndItsGapGoesWithIt()
    {
        var broken = await MergeAsync(new LayerTar().File("a.pkg", "a@1"), new LayerTar().File("a.pkg", "broken"));
        Assert.Empty(broken.Files.SelectMany(file => file.Packages));
        Assert.Equal("a.pkg", Assert.Single(broken.Gaps).Path);
        Assert.Empty((await MergeAsync(new LayerTar().File("a.pkg", "broken"), new LayerTar().File("a.pkg", "a@1"))).Gaps);
    }

    [Fact]
    public async Task NamesThatAreNoUtf8StayDifferent()
    {
        var first = new LayerTar().Raw(LayerTar.Header("?/a.pkg", '0', "", 3, header => header[0] = 0xfe)).Raw("a@1"u8).Raw(new byte[509]);
        var second = new LayerTar().Raw(LayerTar.Header("?/a.pkg", '0', "", 3, header => header[0] = 0xff)).Raw("b@1"u8).Raw(new byte[509]);
        Assert.Equal(2, (await MergeAsync(first, second)).Files.Count);
    }

    [Fact]
    public async Task LinksThatMultiplyAreGivenUpEarly()
    {
        var tar = new LayerTar().Directory("l0");
        for (var n = 1; n <= 60; n++)
        {
            tar.Symlink($"l{n}", $"l{n - 1}/../l{n - 1}");
        }

        var merged = await MergeAsync(tar.File("l60/a.pkg", "a@1").File("l20/b.pkg", "b@1"));
        Assert.Equal([ScanGapKind.Limit, ScanGapKind.Limit], merged.Gaps.Select(gap => gap.Kind));
    }

    [Fact]
    public async Task LinksThatLeadEverDeeperEndInAGap()
    {
        var tar = new LayerTar();
        var folder = string.Join('/', Enumerable.Repeat("f", 45));
        for (var n = 1; n <= 30; n++)
        {
            tar.Symlink($"d{n}", n == 1 ? folder : $"d{n - 1}/{folder}").File($"d{n}/a.pkg", $"a@{n}");
        }

        var merged = await MergeAsync(tar);
        Assert.InRange(merged.Files.Count, 5, 15);
        Assert.Equal(30 - merged.Files.Count, merged.Gaps.Count);
    }

    [Fact]
    public async Task HardLinksCanNotMultiplyPackagesWithoutEnd()
    {
        var tar = new LayerTar().File("a.pkg", string.Join('\n', Enumerable.Range(0, 10).Select(n => $"p{n}@1")));
        for (var n = 0; n < 20; n++)
        {
            tar.HardLink($"{n}.pkg", "a.pkg");
        }

        var merged = LayerMerge.Merge([await ScanAsync(tar)], new AnalysisLimits { Components = 50 });
        Assert.Equal(60, merged.Files.Sum(file => file.Packages.Count));
        Assert.Equal(15, merged.Gaps.Count(gap => gap.Kind == ScanGapKind.Limit));
    }

    [Theory]
    [InlineData("a@3 was 2 #1; b@1 ", "a@1\nb@1", "a@2\nb@1", "a@3\nb@1", "a@3\nb@1\n")]
    [InlineData("a@2 was 1 #0; b@2 ", "a@1\nb@1", "a@2\nb@1\nb@2", "a@2\nb@2")]
    [InlineData("a@2 ; b@1 ", "a@1", "b@1", "a@2\nb@1")]
    [InlineData("a@3 ", "a@1\na@2", "a@3")]
    [InlineData("a@2 ; a@3 ", "a@1", "a@2\na@3")]
    public async Task ADatabaseTellsWhichVersionAPackageHadBefore(string expected, params string[] layers)
    {
        var merged = await MergeAsync([.. layers.Select(layer => new LayerTar().File("deb.pkg", layer))]);
        Assert.Equal(expected, string.Join("; ", merged.Files.Single().Packages.Select(p =>
            $"{p.Package.Name}@{p.Package.Version} {(p.Replaced is { } old ? $"was {old.Version} #{old.Layer}" : "")}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task AFileOfOnePackageThatIsWrittenAgainIsNoUpgradeOfADatabase() =>
        Assert.All((await MergeAsync(new LayerTar().File("x.pkg", "a@1"), new LayerTar().File("x.pkg", "a@2"))).Files.Single().Packages, package => Assert.Null(package.Replaced));

    [Fact]
    public async Task ADatabaseHasTheDistributionOfItsOwnRoot()
    {
        var merged = await MergeAsync(
            new LayerTar().File("usr/lib/os-release", "debian 12").Symlink("etc/os-release", "../usr/lib/os-release").File("var/lib/dpkg/deb.pkg", "a@1"),
            new LayerTar().File("opt/x/etc/os-release", "alpine 3.20").File("opt/x/lib/apk/b.pkg", "b@1").File("opt/y/var/lib/dpkg/deb.pkg", "c@1").File("srv/app/d.pkg", "d@1"));
        Assert.Empty(merged.Gaps);
        Assert.Equal("debian", merged.Distribution?.Id);
        Assert.Equal(
            [("opt/x/lib/apk/b.pkg", "alpine"), ("opt/y/var/lib/dpkg/deb.pkg", null), ("srv/app/d.pkg", "debian"), ("var/lib/dpkg/deb.pkg", "debian")],
            merged.Files.Where(file => file.Packages.Count > 0).Select(file => (file.Path, file.Distribution?.Id)));
    }

    [Fact]
    public async Task EtcOsReleaseComesBeforeUsrLib() => Assert.Equal("alpine",
        (await MergeAsync(new LayerTar().File("usr/lib/os-release", "debian 12").File("etc/os-release", "alpine 3.20"))).Distribution?.Id);

    private static async Task AssertAsync(string[] expected, params LayerTar[] layers) => Assert.Equal(expected, Lines(await MergeAsync(layers)));

    internal static IEnumerable<string> Lines(MergedInventory merged) => merged.Files.SelectMany(file => file.Packages
        .Select(package => $"{file.Path}: {package.Package.Name}@{package.Package.Version} #{package.Layer}")).Order(StringComparer.Ordinal);

    internal static async Task<MergedInventory> MergeAsync(params LayerTar[] layers)
    {
        var scans = new List<LayerScan?>();
        foreach (var layer in layers)
        {
            scans.Add(LayerScanStorage.Decode(LayerScanStorage.Encode(await ScanAsync(layer))));
        }

        return LayerMerge.Merge(scans, new AnalysisLimits());
    }

    private static Task<LayerScan> ScanAsync(LayerTar layer)
    {
        var blob = layer.ToGzip();
        return new LayerScanner([new ListExtractor(), new HeadExtractor()], new AnalysisLimits())
            .ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
    }
}
