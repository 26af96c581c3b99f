using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

public sealed class DeclaredPackageTests
{
    [Fact]
    public async Task WhatIsInstalledIsToldOnceAndTheRestOfTheLockFileAsDeclared()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("app/node_modules/a/package.json", """{"name":"a","version":"1.0.0"}""")
            .File("app/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"},"node_modules/c/node_modules/a":{"version":"1.1.0"}}}"""));
        Assert.Equal(
            ["pkg:npm/a@1.0.0 app/node_modules/a/package.json ", "pkg:npm/a@1.1.0 app/package-lock.json Declared", "pkg:npm/b@2.0.0 app/package-lock.json Declared"], Entries(inventory));
        Assert.Equal(1, inventory.InstalledCount);
        Assert.Empty(inventory.Gaps);
    }

    [Fact]
    public async Task OfWhatNpmSaysThatItInstalledAFolderThatIsGoneIsDeclared()
    {
        var inventory = await LayeredImage.InventoryAsync(
            new LayerTar().File("app/node_modules/a/package.json", """{"name":"a","version":"1.0.0"}""").File("app/node_modules/b/package.json", """{"name":"b","version":"2.0.0"}""")
                .File("app/node_modules/.package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"}}}"""),
            new LayerTar().Whiteout("app/node_modules/b"));
        Assert.Equal(["pkg:npm/a@1.0.0 app/node_modules/a/package.json ", "pkg:npm/b@2.0.0 app/node_modules/.package-lock.json Declared"], Entries(inventory));
    }

    [Fact]
    public async Task NuGetNamesAreTheSameInAnyCase()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar()
            .File("app/Shop.deps.json", """{"libraries":{"newtonsoft.json/13.0.1":{"type":"package"}}}""")
            .File("src/packages.lock.json", """{"dependencies":{"net8.0":{"Newtonsoft.Json":{"type":"Direct","resolved":"13.0.1"}}}}"""));
        Assert.Equal(["pkg:nuget/newtonsoft.json@13.0.1 app/Shop.deps.json "], Entries(inventory));
    }

    [Fact]
    public async Task ALockFileNeverTakesTheRoomOfWhatIsInstalled()
    {
        var inventory = Inventory.Of(await LayeredImage.MergeAsync(new AnalysisLimits(), new LayerTar().File("z/node_modules/z/package.json", """{"name":"z","version":"1.0.0"}""")
            .File("a/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/b":{"version":"1.0.0"},"node_modules/c":{"version":"1.0.0"}}}""")), new AnalysisLimits { Components = 1 });
        Assert.Equal(["pkg:npm/z@1.0.0 z/node_modules/z/package.json "], Entries(inventory));
        Assert.Equal(ScanGapKind.Limit, Assert.Single(inventory.Gaps).Kind);
    }

    [Fact]
    public async Task ThePackageThatBroughtALockFileBroughtNotWhatItNames()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", "ID=debian\nVERSION_ID=12\n")
            .File("var/lib/dpkg/status", "Package: npm\nVersion: 9\nMaintainer: A <a@debian.org>\n\n").File("var/lib/dpkg/info/npm.list", "/usr/share/npm/package-lock.json\n")
            .File("usr/share/npm/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"""));
        Assert.Contains("pkg:npm/a@1.0.0 usr/share/npm/package-lock.json Declared", Entries(inventory));
    }

    [Fact]
    public void ASetThatIsDeclaredIsAnotherThanTheSameSetInstalled()
    {
        var entry = new InventoryEntry("pkg:npm/a@1.0.0", "x");
        Assert.Equal(3, new[] { entry, entry with { ListedOnly = ListedOnly.Declared }, entry with { PartOf = "npm 10.8.2" } }
            .Select(one => Convert.ToHexString(new InventorySet(0, "npm", [one]).Hash)).Distinct().Count());
    }

    [Theory]
    [InlineData("usr/local/lib/node_modules/npm/node_modules/tar/package.json", "npm 10.8.2")]
    [InlineData("usr/local/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json", "npm 10.8.2")]
    [InlineData("usr/local/lib/node_modules/npm/node_modules/a/node_modules/tar/package.json", "npm 10.8.2")]
    [InlineData("usr/local/lib/node_modules/npm/package.json", "")]
    [InlineData("usr/local/lib/node_modules/tar/package.json", "")]
    [InlineData("app/node_modules/tar/package.json", "")]
    [InlineData("app/node_modules/npm/node_modules/tar/package.json", "")]
    [InlineData("app/node_modules/npm-not/node_modules/tar/package.json", "")]
    [InlineData("usr/local/lib/node_modules/corepack/dist/node_modules/tar/package.json", "corepack 0.29.3")]
    [InlineData("opt/yarn-v1.22.22/node_modules/tar/package.json", "yarn 1.22.22")]
    [InlineData("opt/yarn-v1.22.22/x/tar/package.json", null)]
    public async Task WhatLiesInAToolsOwnTreeIsPartOfItAndMatchedAllTheSame(string path, string? tool)
    {
        var name = path.Contains("@npmcli/arborist", StringComparison.Ordinal) ? "@npmcli/arborist" : path.EndsWith("npm/package.json", StringComparison.Ordinal) ? "npm" : "tar";
        var version = name == "npm" ? "10.8.2" : "6.2.0";
        var tar = new LayerTar().File("usr/local/lib/node_modules/corepack/package.json", """{"name":"corepack","version":"0.29.3"}""");
        tar = name == "npm" ? tar : tar.File("usr/local/lib/node_modules/npm/package.json", """{"name":"npm","version":"10.8.2"}""");
        var inventory = await LayeredImage.InventoryAsync(tar.File(path, $$"""{"name":"{{name}}","version":"{{version}}"}"""));

        var entry = inventory.Sets.SelectMany(set => set.Components).SingleOrDefault(one => one.Path == path);
        Assert.Equal(tool, entry is null ? null : entry.PartOf ?? "");
        if (entry is not null)
        {
            Assert.Equal(("npm", name, (ListedOnly?)null), (inventory.Components[entry.Purl].Ecosystem, inventory.Components[entry.Purl].AdvisoryName, entry.ListedOnly));
        }
    }

    [Fact]
    public async Task TheProgramItselfIsNoNuGetPackageOfItsNameAndNoGap()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("app/Serilog.deps.json", """
            {"runtimeTarget":{"name":"t"},"targets":{"t":{"Serilog/1.0.0":{"dependencies":{"Core":"1.0.0","Newtonsoft.Json":"13.0.1"}},"Core/1.0.0":{},"Newtonsoft.Json/13.0.1":{"runtime":{"x.dll":{}}}}},
             "libraries":{"Serilog/1.0.0":{"type":"project"},"Core/1.0.0":{"type":"project"},"Newtonsoft.Json/13.0.1":{"type":"package"}}}
            """));
        Assert.Equal(["pkg:generic/Serilog@1.0.0?kind=application app/Serilog.deps.json Application", "pkg:nuget/Newtonsoft.Json@13.0.1 app/Serilog.deps.json "], Entries(inventory));
        Assert.Equal(("application", "", 1), (inventory.Components["pkg:generic/Serilog@1.0.0?kind=application"].Type, inventory.Components["pkg:generic/Serilog@1.0.0?kind=application"].Ecosystem, inventory.InstalledCount));
        Assert.Empty(inventory.Gaps);
    }

    private static IEnumerable<string> Entries(Inventory inventory) => inventory.Sets.SelectMany(set => set.Components)
        .Where(entry => !entry.Purl.StartsWith("pkg:deb/", StringComparison.Ordinal)).Select(entry => $"{entry.Purl} {entry.Path} {entry.ListedOnly}").Order(StringComparer.Ordinal);
}
