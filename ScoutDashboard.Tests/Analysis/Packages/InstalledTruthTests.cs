using System.Text.Json;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Installs real packages by their own package managers, and compares what is read with what these list.</summary>
public sealed class InstalledTruthTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-truth-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ToolFact("npm", "node")]
    public async Task WhatNpmInstalledIsWhatNpmLists()
    {
        var root = _folder.FullName;
        // Two versions of debug and ms, a scope, and packages under an alias, which npm lists as "path:alias@npm:name@version".
        await Tool.RunAsync("npm", ["--prefix", root, "install", "--ignore-scripts", "--no-audit", "--no-fund", "express@4.19.2", "debug@4.3.4", "@isaacs/cliui@8.0.2"]);
        var listed = (await Tool.ReadAsync("npm", ["--prefix", root, "ls", "--all", "--parseable", "--long"]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line[(root.Length + 1)..].Split(':')).Select(parts => $"{parts[0]} {parts[^1]}");

        AssertSame(listed, Read(root, "npm").Select(found => $"{Path.GetDirectoryName(found.Path)} {found.Package.Name}@{found.Package.Version}"));
    }

    [ToolFact("python3", "pip3")]
    public async Task WhatIsInSitePackagesIsWhatPipLists()
    {
        var folders = JsonSerializer.Deserialize<string[]>(await Tool.ReadAsync("python3",
            ["-c", "import json, os, pip, site; print(json.dumps(sorted(p for p in {os.path.dirname(os.path.dirname(pip.__file__)), *site.getsitepackages(), '/usr/lib/python3/dist-packages'} if os.path.isdir(p))))"]))!;
        Assert.NotEmpty(folders);
        foreach (var folder in folders)
        {
            using var listed = JsonDocument.Parse(await Tool.ReadAsync("python3", ["-m", "pip", "list", "--format", "json", "--disable-pip-version-check", "--path", folder]));
            AssertSame(
                listed.RootElement.EnumerateArray().Select(package => Python(package.GetProperty("name").GetString()!, package.GetProperty("version").GetString()!)),
                // What lies deeper was vendored by a package; pip lists none of it.
                Read(folder, "python").Where(found => found.Path.Count(character => character == '/') <= 1).Select(found => Python(found.Package.Name, found.Package.Version)));
        }
    }

    [ToolFact("dotnet")]
    public async Task WhatDotNetPublishedIsWhatDotNetListsInEachForm()
    {
        var project = Path.Combine(_folder.FullName, "tiny.csproj");
        await File.WriteAllTextAsync(project, """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><RuntimeIdentifier>linux-x64</RuntimeIdentifier><UseSharedCompilation>false</UseSharedCompilation>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="SQLitePCLRaw.provider.e_sqlite3" Version="2.1.13" /><PackageReference Include="NuGet.Versioning" Version="8.0.0" /></ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Program.cs"), "return 0;");
        var plain = await PublishAsync("plain", "--no-self-contained");
        var whole = await PublishAsync("whole", "--self-contained");
        var single = await PublishAsync("single", "--no-self-contained", "-p:PublishSingleFile=true");
        using var listed = JsonDocument.Parse(await Tool.ReadAsync("dotnet", ["list", project, "package", "--include-transitive", "--format", "json"]));
        var expected = listed.RootElement.GetProperty("projects")[0].GetProperty("frameworks")[0].EnumerateObject().Where(list => list.Name is "topLevelPackages" or "transitivePackages")
            .SelectMany(list => list.Value.EnumerateArray()).Select(package => $"{package.GetProperty("id").GetString()}@{package.GetProperty("resolvedVersion").GetString()}").ToList();

        AssertSame(expected, Names(plain, "dotnet-deps"));
        AssertSame(expected, Names(single, "dotnet-bundle"));
        var all = Names(whole, "dotnet-deps").ToList();
        Assert.StartsWith("Microsoft.NETCore.App.Runtime.linux-x64@10.0.", Assert.Single(all.Except(expected)), StringComparison.Ordinal);
        AssertSame(expected, all.Intersect(expected));

        async Task<string> PublishAsync(string form, params string[] options)
        {
            var output = Path.Combine(_folder.FullName, "out", form);
            await Tool.RunAsync("dotnet", ["publish", project, "--nologo", "-nodeReuse:false", "-o", output, .. options]);
            return output;
        }
    }

    private static string Python(string name, string version) => $"{name.Replace('_', '-').Replace('.', '-').ToLowerInvariant()}@{version}";

    private static IEnumerable<string> Names(string folder, string extractor) => Read(folder, extractor).Where(found => found.Package.ListedOnly is null).Select(found => $"{found.Package.Name}@{found.Package.Version}");

    /// <summary>What the extractor finds in all files of a folder, by their paths in it.</summary>
    private static List<(string Path, FoundPackage Package)> Read(string folder, string id)
    {
        var extractor = PackageExtractors.All.Single(extractor => extractor.Id == id);
        var found = new List<(string Path, FoundPackage Package)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(folder, file);
            var isWanted = extractor.Wants(path) || IsWantedByHead(extractor, path, file);
            found.AddRange((isWanted ? extractor.Extract(path, File.ReadAllBytes(file)).Packages : []).Select(package => (path, package)));
        }

        return found;
    }

    private static bool IsWantedByHead(IPackageExtractor extractor, string path, string file)
    {
        using var stream = File.OpenRead(file);
        var head = new byte[IPackageExtractor.HeadLength];
        return extractor.WantsHead(path, head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
    }

    private static void AssertSame(IEnumerable<string> listed, IEnumerable<string> read)
    {
        var (expected, actual) = (listed.ToHashSet(StringComparer.Ordinal), read.ToHashSet(StringComparer.Ordinal));
        Assert.NotEmpty(expected);
        Assert.True(expected.SetEquals(actual),
            $"Only listed: {string.Join(", ", expected.Except(actual).Order(StringComparer.Ordinal))}. Only read: {string.Join(", ", actual.Except(expected).Order(StringComparer.Ordinal))}.");
    }
}
