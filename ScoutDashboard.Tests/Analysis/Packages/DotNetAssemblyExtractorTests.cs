using System.Text.Json;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class DotNetAssemblyExtractorTests
{
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "dotnet-assembly");
    private static readonly byte[] Assembly = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "NuGet.Versioning.dll"));

    [Fact]
    public void AnAssemblyTellsItsNameAndInformationalVersion()
    {
        var package = Assert.Single(Extractor.Extract("app/NuGet.Versioning.dll", Assembly).Packages);
        Assert.Equal(("nuget", "NuGet.Versioning"), (package.Type, package.Name));
        Assert.Matches(@"^\d+\.\d+\.\d+(\.\d+)?$", package.Version);
    }

    [Theory]
    [InlineData("Files/inetpub/wwwroot/bin/Newtonsoft.Json.dll", true)]
    [InlineData("app/tool.EXE", true)]
    [InlineData("app/de/tool.resources.dll", false)]
    [InlineData("Files/Windows/Microsoft.NET/Framework64/v4.0.30319/System.Web.dll", false)]
    [InlineData("usr/lib/mono/4.5/System.dll", false)]
    [InlineData("usr/bin/native", false)]
    public void ThePlatformsOwnAssembliesAreNotPackages(string path, bool isWanted) => Assert.Equal(isWanted, Extractor.WantsHead(path, "MZ\u0090"u8));

    [Fact]
    public async Task WhereADepsFileNamesThePackagesItCounts()
    {
        const string deps = """{"runtimeTarget":{"name":"t"},"targets":{"t":{"NuGet.Versioning/6.0.0":{"runtime":{"lib/a.dll":{}}}}},"libraries":{"NuGet.Versioning/6.0.0":{"type":"package"}}}""";
        var blob = new LayerTar().File("app/app.deps.json", deps).File("app/NuGet.Versioning.dll", Assembly).File("app/runtimes/win/lib/x.dll", Assembly)
            .File("app/plugins/NuGet.Versioning.dll", Assembly).File("other/NuGet.Versioning.dll", Assembly).ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        var inventory = Inventory.Of(LayerMerge.Merge([scan], new AnalysisLimits()), new AnalysisLimits());
        Assert.Equal(["app/app.deps.json", "app/plugins/NuGet.Versioning.dll", "other/NuGet.Versioning.dll"],
            inventory.Sets.SelectMany(set => set.Components).Select(component => component.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DamageEndsInAResultOrADeclaredException()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 4_000; round++)
        {
            byte[] damaged = Assembly[..random.Next(Assembly.Length / 4, Assembly.Length + 1)];
            for (var flips = random.Next(1, 40); flips > 0; flips--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 2048 : damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = Extractor.Extract("app/a.dll", damaged);
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
            {
                // Declared.
            }
        }
    }
}
