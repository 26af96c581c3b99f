using System.Text.Json.Nodes;
using NJsonSchema;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

public sealed class SbomCommandTests
{
    [Fact]
    public async Task TheProgramTellsItsOwnPackagesWithLicencesAsValidCycloneDx()
    {
        var run = await RunAsync("sbom");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var schema = await JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Reports", "Schemas", "bom-1.6.SNAPSHOT.schema.json"));
        Assert.Empty(schema.Validate(run.Output));
        var subject = run.Json["metadata"]!["component"]!;
        Assert.Equal(("application", "ScoutDashboard", ProgramVersion.Text, "Apache-2.0"), ((string?)subject["type"], (string?)subject["name"], (string?)subject["version"], LicenseOf(subject)));
        var components = run.Json["components"]!.AsArray().ToDictionary(component => (string)component!["purl"]!, component => component!);
        // All that is locked and has code of its own is there; what only packs others, or scripts, has none.
        foreach (var package in LockedPackages.Read().Where(package => package.IsShipped && HasCode(package)))
        {
            var found = Assert.Single(components, component => component.Key.StartsWith($"pkg:nuget/{package.Name}@{package.Version}", StringComparison.Ordinal));
            Assert.Equal(package.License, LicenseOf(found.Value));
        }

        Assert.Contains(components, component => component.Key.StartsWith($"pkg:nuget/Microsoft.NETCore.App.Runtime.", StringComparison.Ordinal) && component.Key.EndsWith($"@{Environment.Version}", StringComparison.Ordinal));
        Assert.DoesNotContain(components.Keys, purl => purl.Contains("kind=application", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SpdxTellsTheSameWithWhatEachLicenceIsDeclaredToBe()
    {
        var folder = Directory.CreateTempSubdirectory("scout-sbom-");
        var file = Path.Combine(folder.FullName, "scout.spdx.json");

        var run = await RunAsync("sbom", "--format", "spdx", "--output", file);

        Assert.Equal(new ShellRun(0, "", ""), run);
        var document = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        var packages = document["packages"]!.AsArray();
        Assert.Equal(
            ("SPDXRef-Program", "APPLICATION", "Apache-2.0", ProgramVersion.Text),
            ((string?)packages[0]!["SPDXID"], (string?)packages[0]!["primaryPackagePurpose"], (string?)packages[0]!["licenseDeclared"], (string?)packages[0]!["versionInfo"]));
        Assert.Null(packages[0]!["checksums"]);
        Assert.Equal("BSD-2-Clause", (string?)packages.Single(package => (string?)package!["name"] == "Markdig")!["licenseDeclared"]);
        Assert.All(document["relationships"]!.AsArray().Skip(1), relationship => Assert.Equal("SPDXRef-Program", (string?)relationship!["spdxElementId"]));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void TheVersionIsTheOneThatTheProjectTells()
    {
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9a-z.]+)?$", ProgramVersion.Text);
        Assert.Contains($"<Version>{ProgramVersion.Text}</Version>", File.ReadAllText(Path.Combine(BuildFacts.Repository, "ScoutDashboard/ScoutDashboard.csproj")), StringComparison.Ordinal);
    }

    private static bool HasCode(LockedPackage package) => new DirectoryInfo(Path.Combine(BuildFacts.PackageFolder, package.Name.ToLowerInvariant(), package.Version))
        .EnumerateFiles("*.dll", SearchOption.AllDirectories).Any(file => file.FullName.Contains("/lib/", StringComparison.Ordinal));

    private static string? LicenseOf(JsonNode component) => (string?)component["licenses"]?[0]!["license"]!["id"];

    private static Task<ShellRun> RunAsync(params string[] arguments) => ShellRun.RunAsync(Path.GetTempPath(), new Dictionary<string, string>(), arguments);
}
