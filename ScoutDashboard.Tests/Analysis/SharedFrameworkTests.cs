using ScoutDashboard.Analysis;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

public sealed class SharedFrameworkTests
{
    private const string Core = "Microsoft.NETCore.App";
    private const string Web = "Microsoft.AspNetCore.App";
    private const string Json = """ "runtime": { "lib/net8.0/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.53103" } } """;

    [Fact]
    public async Task TheFrameworkTakesThePlaceOfAPackageWithLowerFileVersionsThoughItsOwnLayerComesLater()
    {
        var standIn = await StandInAsync(App(Json), Config("8.0.0"), Framework(Core, "8.0.11", "System.Text.Json.dll", "8.0.0.0", "8.0.1124.51707"));
        Assert.Equal("Microsoft.NETCore.App/8.0.11/8.0.1124.51707", standIn?.ToString());
    }

    [Theory]
    [InlineData("8.0.0.0", "8.0.23.53103", true)] // equal: the host takes the framework's
    [InlineData("8.0.0.0", "8.0.23.53102", false)]
    [InlineData("8.0.0.1", "8.0.1.0", true)] // the assembly's version comes first
    [InlineData("7.0.0.9", "8.0.1124.51707", false)]
    [InlineData("10.0.0.0", "9.0.0.0", true)] // numbers, not text
    [InlineData("8.0.0.0", "unknown", false)]
    [InlineData(null, "8.0.1124.51707", false)]
    public async Task TheHigherAssemblyVersionWinsThenTheFileVersion(string? assembly, string file, bool replaced) =>
        Assert.Equal(replaced, await StandInAsync(App(Json), Config("8.0.0"), Framework(Core, "8.0.11", "System.Text.Json.dll", assembly, file)) is not null);

    [Theory]
    [InlineData("""{"frameworks":[{"name":"Microsoft.AspNetCore.App","version":"8.0.0"}]}""", "8.0.11")] // which asks for Microsoft.NETCore.App in turn
    [InlineData("""{"frameworks":[{"name":"microsoft.netcore.app","version":"8.0.3"},{"name":"Microsoft.AspNetCore.App","version":"8.0.0"}]}""", "8.0.11")]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"6.0.0"}}""", null)] // never a higher major version unasked
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"6.0.0"},"rollForward":"Major"}""", "8.0.11")]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"6.0.0","rollForward":"LatestMajor"}}""", "8.0.11")]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},"rollForward":"Disable"}""", null)]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.12"}}""", null)]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},"rollForward":"Sideways"}""", null)]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},"applyPatches":false}""", null)]
    [InlineData("""{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0-rc.1"}}""", null)]
    [InlineData("""{"frameworks":[{"name":"Microsoft.NETCore.App","version":"8.0.0"},{"name":"Contoso.App","version":"1.0.0"}]}""", null)]
    [InlineData("""{"includedFrameworks":[{"name":"Microsoft.NETCore.App","version":"8.0.11"}]}""", null)] // self-contained
    [InlineData("{}", null)]
    public async Task TheAppGetsTheFrameworkThatItsConfigurationAsksFor(string options, string? version)
    {
        var standIn = await StandInAsync(App(Json), ("app/Shop.runtimeconfig.json", $$"""{"runtimeOptions":{{options}}}"""),
            Framework(Core, "8.0.11", "System.Text.Json.dll", "8.0.0.0", "8.0.1124.51707"), Framework(Web, "8.0.11", "Microsoft.AspNetCore.dll", "8.0.0.0", "8.0.1124.52116"),
            ($"usr/share/dotnet/shared/{Web}/8.0.11/{Web}.runtimeconfig.json", """{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.11"},"rollForward":"LatestPatch"}}"""));
        Assert.Equal(version, standIn?.Version.ToString());
    }

    [Theory]
    [InlineData(null, "8.0.9")]
    [InlineData("LatestPatch", "8.0.9")]
    [InlineData("LatestMinor", "8.1.2")]
    [InlineData("LatestMajor", "9.0.0")]
    public async Task OfSeveralFrameworksTheNearestLineAndItsHighestPatchAreTaken(string? rollForward, string version)
    {
        var standIn = await StandInAsync(App(Json), Config("8.0.0", rollForward), Framework("8.0.2"), Framework("8.0.9"), Framework("8.1.2"), Framework("9.0.0"), Framework("10.0.0-rc.1"));
        Assert.Equal(version, standIn?.Version.ToString());
    }

    [Fact]
    public async Task WithFrameworksInTwoFoldersNobodyKnowsWhichDotnetStartsTheApp()
    {
        var (path, content) = Framework("8.0.9");
        Assert.Null(await StandInAsync(App(Json), Config("8.0.0"), (path, content), (path.Replace("usr/share", "opt", StringComparison.Ordinal), content)));
    }

    [Theory]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.5" }, "lib/a/Extra.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.5" } } """)]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0" } } """)]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": {} } """)]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.5" } }, "native": { "x.so": {} } """)]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.5" } }, "runtimeTargets": { "runtimes/win/x.dll": { "assetType": "native" } } """)]
    [InlineData(""" "runtime": { "lib/a/System.Text.Json.dll": { "assemblyVersion": "8.0.0.0", "fileVersion": "8.0.23.5" } }, "runtimeTargets": { "runtimes/win/System.Text.Json.dll": { "assetType": "runtime", "assemblyVersion": "9.0.0.0", "fileVersion": "9.0.0.0" } } """)]
    [InlineData(""" "resources": { "lib/a/de/R.resources.dll": { "locale": "de" } } """)]
    public async Task APackageOfWhichAnythingElseIsLoadedIsMatchedAsItIs(string assets) =>
        Assert.Null(await StandInAsync(App(assets), Config("8.0.0"), Framework("8.0.9")));

    [Fact]
    public async Task AHigherLayerThatReplacesTheFrameworkDecides()
    {
        var inventory = await LayeredImage.InventoryAsync(Tar(App(Json), Config("8.0.0"), Framework("8.0.9")), Tar(Framework("8.0.11")).Whiteout($"usr/share/dotnet/shared/{Core}/8.0.9"));
        Assert.Equal("8.0.11", Of(inventory).StandIn?.Version.ToString());
    }

    [Fact]
    public async Task TwoImagesWithDifferentFrameworksHaveDifferentComponentsMatchedApart()
    {
        var identity = Of(await LayeredImage.InventoryAsync(Tar(App(Json), Config("8.0.0"), Framework("8.0.9"))));
        Assert.Equal(("pkg:nuget/System.Text.Json@8.0.0?framework=Microsoft.NETCore.App%2F8.0.9%2F8.0.924.1", "NuGet", "system.text.json", "8.0.0"),
            (identity.Purl, identity.Ecosystem, identity.AdvisoryName, identity.AdvisoryVersion));
    }

    private static async Task<FrameworkStandIn?> StandInAsync(params (string Path, string Content)[] files) =>
        Of(await LayeredImage.InventoryAsync([.. files.Select(file => Tar(file))])).StandIn;

    private static ComponentIdentity Of(Inventory inventory) => Assert.Single(inventory.Components.Values, component => component.Name == "System.Text.Json");

    private static (string Path, string Content) App(string assets) => ("app/Shop.deps.json",
        $$$"""{"runtimeTarget":{"name":"t"},"targets":{"t":{"System.Text.Json/8.0.0":{ {{{assets}}} } } },"libraries":{"System.Text.Json/8.0.0":{"type":"package"} } }""");

    private static (string Path, string Content) Config(string version, string? rollForward = null) => ("app/Shop.runtimeconfig.json",
        $$$"""{"runtimeOptions":{"framework":{"name":"{{{Core}}}","version":"{{{version}}}"}{{{(rollForward is null ? "" : $",\"rollForward\":\"{rollForward}\"")}}} } }""");

    private static (string Path, string Content) Framework(string version) =>
        Framework(Core, version, "System.Text.Json.dll", "9.0.0.0", $"8.0.{(version.EndsWith('9') ? "924" : "1124")}.1");

    private static (string Path, string Content) Framework(string name, string version, string file, string? assembly, string fileVersion) => ($"usr/share/dotnet/shared/{name}/{version}/{name}.deps.json",
        $$$"""
        {"runtimeTarget":{"name":"t"},"targets":{"t":{"{{{name}}}.Runtime.linux-x64/{{{version}}}":{"runtime":{"{{{file}}}":{ {{{(assembly is null ? "" : $"\"assemblyVersion\":\"{assembly}\",")}}}"fileVersion":"{{{fileVersion}}}"}},"native":{"libcoreclr.so":{"fileVersion":"0.0.0.0"} } } } },
        "libraries":{"{{{name}}}.Runtime.linux-x64/{{{version}}}":{"type":"package"} } }
        """);

    private static LayerTar Tar(params (string Path, string Content)[] files) => files.Aggregate(new LayerTar(), (tar, file) => tar.File(file.Path, file.Content));
}
