using System.Diagnostics;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Reads real files of the machine that runs the tests, where it has them.</summary>
public sealed class InstalledFilesTests
{
    [FileFact("/var/lib/dpkg/status")]
    public void TheMachinesOwnDpkgDatabaseCountsAsDpkgQueryCounts()
    {
        const string path = "/var/lib/dpkg/status";
        var start = new ProcessStartInfo("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package} ${Version} ${source:Package} ${source:Version}\n"]) { RedirectStandardOutput = true };
        using var query = Process.Start(start)!;
        var lines = query.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        query.WaitForExit();
        var expected = lines.Select(line => line.Split(' ')).Where(words => words[0] is "installed" or "unpacked" or "half-configured" or "triggers-awaited" or "triggers-pending")
            .Select(words => string.Join(' ', words[1..])).Order(StringComparer.Ordinal);

        var scan = Extraction.Of(path[1..], File.ReadAllBytes(path));

        Assert.Null(scan.Gaps);
        Assert.Equal(expected, scan.Packages.Select(p => $"{p.Name} {p.Version} {p.SourceName ?? p.Name} {p.SourceVersion ?? p.Version}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheRunningFrameworkNamesItself()
    {
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var path = Path.Combine(folder, "Microsoft.NETCore.App.deps.json");
        var package = Assert.Single(Extraction.Of(path[1..], File.ReadAllBytes(path)).Packages);
        Assert.StartsWith("Microsoft.NETCore.App.Runtime.", package.Name, StringComparison.Ordinal);
        Assert.Equal(Path.GetFileName(folder), package.Version);
    }

    [Fact]
    public void TheTestsOwnDepsFileNamesTheirPackages()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "ScoutDashboard.Tests.deps.json");
        var scan = Extraction.Of(path[1..], File.ReadAllBytes(path));
        Assert.Null(scan.Gaps);
        Assert.Contains(scan.Packages, package => package is { Name: "NuGet.Versioning", Version: "8.0.0" });
        // The app that the tests hold is a project that they need; they themselves are the application, and neither is a package of NuGet's.
        Assert.Equal(["application ScoutDashboard.Tests"], scan.Packages.Where(package => package.Name.StartsWith("ScoutDashboard", StringComparison.Ordinal)).Select(package => $"{package.Type} {package.Name}"));
    }

    [FileFact("/usr/lib/python3/dist-packages")]
    public void TheMachinesPythonPackagesAreAllReadable()
    {
        var files = Directory.EnumerateFiles("/usr/lib/python3/dist-packages", "*", SearchOption.AllDirectories).Where(file => Extraction.Wanting(file[1..])?.Id == "python").ToList();
        Assert.All(files, file =>
        {
            var package = Assert.Single(Extraction.Of(file[1..], File.ReadAllBytes(file)).Packages);
            Assert.NotEmpty(package.Version);
        });
    }
}

/// <summary>A fact that needs a file or folder of the machine; skipped where that is missing.</summary>
public sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(string path) => Skip = Path.Exists(path) ? null : $"{path} is not here.";
}
