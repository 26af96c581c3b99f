using System.Text.Json;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class DotNetDepsExtractorTests
{
    private const string Path = "app/Shop.deps.json";

    private const string App = """
        {
          "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0/linux-x64", "signature": "" },
          "targets": {
            ".NETCoreApp,Version=v10.0": {},
            ".NETCoreApp,Version=v10.0/linux-x64": {
              "Shop/1.0.0": { "dependencies": { "Newtonsoft.Json": "13.0.1" }, "runtime": { "Shop.dll": {} } },
              "Newtonsoft.Json/13.0.1": { "runtime": { "lib/net6.0/Newtonsoft.Json.dll": { "assemblyVersion": "13.0.0.0" } } },
              "SQLitePCLRaw.lib.e_sqlite3/2.1.11": { "native": { "runtimes/linux-x64/native/libe_sqlite3.so": {} } },
              "Resources.Only/1.0.0": { "resources": { "lib/net6.0/de/R.dll": { "locale": "de" } } },
              "Rid.Split/2.0.0": { "runtimeTargets": { "runtimes/unix/lib/R.dll": { "rid": "unix" } } },
              "Compile.Only/1.0.0": { "compile": { "ref/C.dll": {} } },
              "Placeholder/1.0.0": { "runtime": { "lib/net45/_._": {} } },
              "Meta.Package/1.0.0": { "dependencies": { "Newtonsoft.Json": "13.0.1" } },
              "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.3": { "runtime": { "System.Private.CoreLib.dll": {} } },
              "Vendor.Reference/1.0.0.0": { "runtime": { "Vendor.dll": {} } }
            }
          },
          "libraries": {
            "Shop/1.0.0": { "type": "project", "serviceable": false, "sha512": "" },
            "Newtonsoft.Json/13.0.1": { "type": "package", "serviceable": true, "sha512": "sha512-x", "path": "newtonsoft.json/13.0.1" },
            "SQLitePCLRaw.lib.e_sqlite3/2.1.11": { "type": "package" },
            "Resources.Only/1.0.0": { "type": "package" },
            "Rid.Split/2.0.0": { "type": "package" },
            "Compile.Only/1.0.0": { "type": "package" },
            "Placeholder/1.0.0": { "type": "package" },
            "Meta.Package/1.0.0": { "type": "package" },
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.3": { "type": "runtimepack" },
            "Vendor.Reference/1.0.0.0": { "type": "reference" }
          }
        }
        """;

    [Theory]
    [InlineData("app/Shop.deps.json", true)]
    [InlineData("usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.3/Microsoft.NETCore.App.deps.json", true)]
    [InlineData("inetpub/APP.DEPS.JSON", true)]
    [InlineData("app/deps.json", false)]
    [InlineData("app/Shop.runtimeconfig.json", false)]
    public void TheNameTellsTheFormat(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "dotnet-deps");

    [Fact]
    public void PackagesWithAssetsAndRuntimePacksAreShippedAndNothingElse() => Assert.Equal(
        ["Newtonsoft.Json@13.0.1", "SQLitePCLRaw.lib.e_sqlite3@2.1.11", "Resources.Only@1.0.0", "Rid.Split@2.0.0", "Microsoft.NETCore.App.Runtime.linux-x64@10.0.3"],
        Extraction.Of(Path, App).Packages.Where(package => package.ListedOnly is null).Select(package => $"{package.Name}@{package.Version}"));

    [Fact]
    public void TheProjectThatNoOtherNeedsIsTheApplication() => Assert.Equal(
        [new FoundPackage("application", "Shop", "1.0.0", ListedOnly: ListedOnly.Application)],
        Extraction.Of(Path, App.Replace("\"dependencies\": { ", "\"dependencies\": { \"Shop.Core\": \"2.0.0\", ", StringComparison.Ordinal)
            .Replace("\"libraries\": {", "\"libraries\": { \"Shop.Core/2.0.0\": { \"type\": \"project\" },", StringComparison.Ordinal)).Packages.Where(package => package.Type != "nuget"));

    [Fact]
    public void WithoutTheTargetEveryPackageCounts()
    {
        var names = Extraction.Names(Path, App.Replace("v10.0/linux-x64\", \"signature\"", "v10.0/win-arm64\", \"signature\"", StringComparison.Ordinal)).ToList();
        Assert.Contains("Compile.Only@1.0.0", names);
        Assert.Equal(9, names.Count);
    }

    [Fact]
    public void AMergerLeavesItsVictimsWithoutAssetsButTheyShip() =>
        Assert.Contains("Compile.Only@1.0.0", Extraction.Names(Path, App.Replace("Meta.Package/1.0.0", "Costura.Fody/5.7.0", StringComparison.Ordinal)));

    [Fact]
    public void ASharedFrameworkIsAPackageOfItsOwn() => Assert.Equal(
        ["Microsoft.NETCore.App.Runtime.linux-x64@10.0.12"],
        Extraction.Names("usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/Microsoft.NETCore.App.deps.json", """
            {"runtimeTarget":{"name":".NETCoreApp,Version=v10.0/linux-x64"},"targets":{".NETCoreApp,Version=v10.0":{},".NETCoreApp,Version=v10.0/linux-x64":
            {"Microsoft.NETCore.App.Runtime.linux-x64/10.0.12":{"runtime":{"System.Private.CoreLib.dll":{}}}}},
            "libraries":{"Microsoft.NETCore.App.Runtime.linux-x64/10.0.12":{"type":"package","serviceable":true}}}
            """));

    [Fact]
    public void ANameWithoutVersionIsAGap() => Assert.Single(Extraction.Of(Path, """{"libraries":{"NoVersion":{"type":"package"},"A/1":{"type":"package"}}}""").Gaps!);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"libraries":[]}""")]
    public void AFileWithoutLibrariesIsMalformed(string content) => Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, content));

    [Theory]
    [InlineData("")]
    [InlineData("""{"libraries":{""")]
    [InlineData("""{"libraries":{}} more""")]
    [InlineData("""{"libraries":{"\ud800/1":{"type":"package"}}}""")]
    public void WhatIsNoJsonIsMalformed(string content) => Assert.ThrowsAny<JsonException>(() => Extraction.Of(Path, content));

    [Fact]
    public void DeepNestingIsOverALimit() =>
        Assert.Throws<FormatLimitException>(() => Extraction.Of(Path, $$"""{"libraries":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}"""));
}
