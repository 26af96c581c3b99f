using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Analysis.Packages.Java;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>An image that just keeps a limit, and what is told of it where the limit is one less.</summary>
/// <param name="Limit">Key below <c>Analysis:Limits</c>.</param>
/// <param name="Within">The least value under which all is read.</param>
/// <param name="Path">Of the gap; "" of a whole layer or image.</param>
/// <param name="Reason">A part of the gap's.</param>
/// <param name="Layers">Lowest first.</param>
internal sealed record LimitCase(string Limit, long Within, string Path, string Reason, params LayerTar[] Layers)
{
    private const string Formats = "Formats";
    private static readonly (string Name, string Content) Pom = Jar.Pom("g", "a", "1");

    public static IReadOnlyList<LimitCase> All { get; } = [.. Images(), .. Tars(), .. Files(), .. Texts(), .. Archives(), .. RpmHeaders(), .. Programmes()];

    private static IEnumerable<LimitCase> Images()
    {
        var (a, b) = (new LayerTar().File(Module("a"), Package("a")), new LayerTar().File(Module("b"), Package("b")));
        var config = new OciImageBuilder().Layer(a, "ADD", LayerCompression.None).Config();
        yield return new(nameof(AnalysisLimits.Layers), 2, "", "2 layers; at most 1", a, b);
        yield return new(nameof(AnalysisLimits.ConfigBytes), config.Length, "", $"at most {config.Length - 1}", a);
        yield return new(nameof(AnalysisLimits.HistoryEntries), 2, "", "history has more than 1 entries", a, b);
        yield return new(nameof(AnalysisLimits.WireBytes), a.ToArray().Length + b.ToArray().Length, "", "was not pulled", a, b);
        yield return new(nameof(AnalysisLimits.UncompressedBytes), a.ToArray().Length, "", "unpack to more than", a);
        yield return new(nameof(AnalysisLimits.EntriesPerImage), 2, "", "has more than 1 files", a, b);
        yield return new(nameof(AnalysisLimits.Components), 2, "", "has 2 packages; only the first 1", a, b);
    }

    private static IEnumerable<LimitCase> Tars()
    {
        var two = new LayerTar().File(Module("a"), Package("a")).File(Module("b"), Package("b"));
        var longName = Encoding.ASCII.GetBytes($"folder/{new string('x', 200)}\0");
        var (database, log) = RpmDatabases.Sqlite(512, true, RpmDatabases.Header("bash", "1", "1"));
        const string path = "var/lib/rpm/rpmdb.sqlite";
        yield return new(nameof(AnalysisLimits.Components), 2, Module("b"), "more than 1 packages", two);
        yield return new(nameof(AnalysisLimits.FilesRead), 2, "", "more than 1 package files", two);
        yield return new(nameof(AnalysisLimits.EntriesPerLayer), 2, "", "more than 1 entries", two);
        yield return new(nameof(AnalysisLimits.Gaps), 2, "", "1 more gaps are not listed", new LayerTar().File("../a", "").File("../b", ""));
        yield return new(nameof(AnalysisLimits.PathBytes), 9, "a/bcd.txt", "longer than 8 bytes", new LayerTar().File("a/bcd.txt", ""));
        yield return new(nameof(AnalysisLimits.PathBytes), longName.Length, "", "extended header", new LayerTar().Entry("././@LongLink", 'L', "", longName).File("a", ""));
        yield return new(nameof(AnalysisLimits.ChangeBytes), 5, "", "need more than 4 bytes", new LayerTar().File("a", ""));
        yield return new(nameof(AnalysisLimits.PathDepth), 3, "a/b/c.txt", "deeper than 2 folders", new LayerTar().File("a/b/c.txt", ""));
        yield return new(nameof(AnalysisLimits.PaxRecordBytes), 72, "", "larger than 71 bytes", new LayerTar().Pax(("comment", new string('x', 60))).File("a", ""));
        yield return new(nameof(AnalysisLimits.PaxBytes), 144, "", "larger than 143 bytes", new LayerTar().Pax(("comment", new string('x', 60)), ("comment", new string('x', 60))).File("a", ""));
        yield return new(nameof(AnalysisLimits.SymlinkHops), 2, $"l1/{Module("a")}", "more than 1", new LayerTar().Symlink("l2", "d").Symlink("l1", "l2").File($"l1/{Module("a")}", Package("a")));
        yield return new(nameof(AnalysisLimits.OwnedPaths), 2, "var/lib/dpkg/info/a.list", "more than 1 files", new LayerTar().File("var/lib/dpkg/info/a.list", "/usr/bin/a\n/usr/bin/b\n"));
        yield return new(nameof(AnalysisLimits.SidecarBytes), database.Length + log.Length, $"{path}-wal", "are not kept", new LayerTar().File(path, database).File($"{path}-wal", log));
        yield return new(nameof(AnalysisLimits.SidecarBytes), database.Length + log.Length, $"{path}-wal", "are not kept", new LayerTar().File($"{path}-wal", log).File(path, database));
    }

    private static IEnumerable<LimitCase> Files() => new[]
    {
        (nameof(FormatLimits.ProgramBytes), "go"), (nameof(FormatLimits.ProgramBytes), "rust-elf64"), (nameof(FormatLimits.ProgramBytes), "program"), (nameof(FormatLimits.ProgramBytes), "dotnet-bundle"),
        (nameof(FormatLimits.AssemblyBytes), "dotnet-assembly"), (nameof(FormatLimits.ArchiveBytes), "java"), (nameof(FormatLimits.ArchiveBytes), "python-archive"),
        (nameof(FormatLimits.DatabaseBytes), "dpkg"), (nameof(FormatLimits.DatabaseBytes), "apk"), (nameof(FormatLimits.RpmDatabaseBytes), "rpm-ndb"), (nameof(FormatLimits.FileListBytes), "dpkg-files"),
        (nameof(FormatLimits.DepsJsonBytes), "dotnet-deps"), (nameof(FormatLimits.PackageJsonBytes), "npm"), (nameof(FormatLimits.LockFileBytes), "npm-lock"), (nameof(FormatLimits.LockFileBytes), "yarn-lock"),
        (nameof(FormatLimits.LockFileBytes), "pnpm-lock"), (nameof(FormatLimits.LockFileBytes), "nuget-lock"), (nameof(FormatLimits.LockFileBytes), "packages-config"), (nameof(FormatLimits.MetadataBytes), "python"),
        (nameof(FormatLimits.MetadataBytes), "python-vendor"), (nameof(FormatLimits.MetadataBytes), "conda"), (nameof(FormatLimits.MetadataBytes), "gem"), (nameof(FormatLimits.MetadataBytes), "composer"),
        (nameof(FormatLimits.MetadataBytes), "bitnami"), (nameof(FormatLimits.MetadataBytes), "chisel"), (nameof(FormatLimits.MetadataBytes), "rpm-manifest"), (nameof(FormatLimits.MetadataBytes), "jvm"), (nameof(FormatLimits.MetadataBytes), "dotnet-config"),
        (nameof(FormatLimits.ReleaseFileBytes), "os-release"), (nameof(FormatLimits.ReleaseFileBytes), "release-file"),
    }.Select(limit => (Limit: limit.Item1, File: Golden(limit.Item2))).Select(limit => Of(limit.Limit, limit.File.Content.Length, limit.File.Path, limit.File.Content, $"The file is larger than {limit.File.Content.Length - 1} bytes."));

    private static IEnumerable<LimitCase> Texts()
    {
        const string two = "Package: bash\nVersion: 1\n\nPackage: b\nVersion: 1\n", status = "var/lib/dpkg/status";
        var rpm = RpmDatabases.Ndb(RpmDatabases.Header("a", "1", "1", files: ["usr/bin/a", "usr/bin/b"]));
        yield return Of(nameof(FormatLimits.LineBytes), 13, status, two, "1 lines of this file are longer than 12 bytes");
        yield return Of(nameof(FormatLimits.LineBytes), 9, "lib/apk/db/installed", "P:a\nV:1.23-r0\n", "1 lines of this file are longer than 8 bytes");
        yield return Of(nameof(FormatLimits.LineBytes), 10, "var/lib/dpkg/info/a.list", "/usr/bin/a\n/lib/b\n", "1 lines of this file are longer than 9 bytes");
        yield return Of(nameof(FormatLimits.LineBytes), 24, "a.jar!/META-INF/MANIFEST.MF", Jar.Of(("META-INF/MANIFEST.MF", $"Manifest-Version: 1.0\r\nA: {new string('x', 20)}\r\n")), "A line is longer than 23 bytes.", "a.jar");
        yield return Of(nameof(FormatLimits.Packages), 2, status, two, "Only the first 1 packages");
        yield return Of(nameof(FormatLimits.OwnedPaths), 2, "var/lib/dpkg/info/a.list", "/usr/bin/a\n/usr/bin/b\n", "1 packages of this file list more than 1 files");
        yield return Of(nameof(FormatLimits.OwnedPaths), 2, "lib/apk/db/installed", "P:a\nV:1\nF:usr/bin\nR:a\nR:b\n\nP:b\nV:1\nF:usr/bin\nR:c\n", "1 packages of this file list more than 1 files");
        yield return Of(nameof(FormatLimits.OwnedPaths), 2, "var/lib/rpm/Packages.db", rpm, "1 packages of this file list more than 1 files");
        yield return Of(nameof(FormatLimits.JsonDepth), 3, Module("a"), """{"name":"a","version":"1.0.0","x":[[]]}""", "nested deeper than 2 levels");
        yield return Of(nameof(FormatLimits.JsonDepth), 3, "vendor/composer/installed.json", """{"packages":[{"name":"a/b","version":"1.0.0"}]}""", "nested deeper than 2 levels");
        yield return Of(nameof(FormatLimits.JsonTextBytes), 11, Module("a"), """{"name":"a","version":"1.0.0","description":"0123456789a"}""".Replace("description", "x", StringComparison.Ordinal), "longer than 10 bytes");
        yield return Of(nameof(FormatLimits.JsonTextBytes), 8, "vendor/composer/installed.json", """{"packages":[{"name":"a/b","version":"1.0.0"}]}""", "longer than 7 bytes");
    }

    private static IEnumerable<LimitCase> Archives()
    {
        var library = Jar.Library("g", "b", "1");
        var text = Encoding.UTF8.GetByteCount(Pom.Content);
        var wheel = Golden("python-archive");
        yield return Of(nameof(FormatLimits.ZipDepth), 2, "a.jar!/b.jar!/c.jar", Jar.Of(("b.jar", Jar.Of(("c.jar", library)))), "deeper than 1 archives", "a.jar");
        yield return Of(nameof(FormatLimits.ZipInflatedBytes), text, $"a.jar!/{Pom.Name}", Jar.Of(Pom), $"inflate to more than {text - 1} bytes", "a.jar");
        yield return Of(nameof(FormatLimits.ZipInflatedBytes), wheel.Inner.Length, wheel.Path, wheel.Content, $"inflate to more than {wheel.Inner.Length - 1} bytes");
        yield return Of(nameof(FormatLimits.ZipMembers), 2, "a.jar", Jar.Of(Pom, ("b", "")), "more than 1 members");
        yield return Of(nameof(FormatLimits.ZipTextBytes), text, $"a.jar!/{Pom.Name}", Jar.Of(Pom), $"larger than {text - 1} bytes", "a.jar");
        yield return Of(nameof(FormatLimits.ZipNestedBytes), library.Length, "a.jar!/b.jar", Jar.Of(("b.jar", library)), $"larger than {library.Length - 1} bytes", "a.jar");
        yield return Of(nameof(FormatLimits.ChiselManifestBytes), Golden("chisel").Inner.Length, Golden("chisel").Path, Golden("chisel").Content, "The manifest is larger than");
    }

    private static IEnumerable<LimitCase> RpmHeaders()
    {
        byte[][] headers = [RpmDatabases.Header("bash", "1", "1", padding: 3000), RpmDatabases.Header("zlib", "1", "1")];
        var reason = $"1 packages of this database have more than {headers[0].Length - 1} bytes";
        yield return Of(nameof(FormatLimits.RpmHeaderBytes), headers[0].Length, "var/lib/rpm/Packages.db", RpmDatabases.Ndb(headers), reason);
        yield return Of(nameof(FormatLimits.RpmHeaderBytes), headers[0].Length, "var/lib/rpm/Packages", RpmDatabases.Bdb(false, headers), reason);
        yield return Of(nameof(FormatLimits.RpmHeaderBytes), headers[0].Length, "var/lib/rpm/rpmdb.sqlite", RpmDatabases.Sqlite(512, false, headers).File, reason);
    }

    private static IEnumerable<LimitCase> Programmes()
    {
        const int frame = 32;
        foreach (var (name, count) in new[] { ("rust-elf64", 3), ("rust-elf32", 3), ("rust-pe", 1), ("rust-macho", 1) })
        {
            yield return Of(nameof(FormatLimits.Sections), count, Golden(name).Path, Golden(name).Content, $"more than {count - 1} sections");
        }

        yield return Of(nameof(FormatLimits.Sections), 1, Golden("go-old").Path, Golden("go-old").Content, "more than 0 segments");
        yield return Of(nameof(FormatLimits.GoModuleBytes), Golden("go").Inner.Length + frame, Golden("go").Path, Golden("go").Content, "list of modules is larger than");
        yield return Of(nameof(FormatLimits.GoModuleBytes), Golden("go-old").Inner.Length + frame, Golden("go-old").Path, Golden("go-old").Content, "list of modules is larger than");
        yield return Of(nameof(FormatLimits.CargoAuditableBytes), Golden("rust-elf64").Inner.Length, Golden("rust-elf64").Path, Golden("rust-elf64").Content, "list of crates is larger than");
    }

    private static LimitCase Of(string limit, long within, string path, string content, string reason) => Of(limit, within, path, Encoding.UTF8.GetBytes(content), reason);

    private static LimitCase Of(string limit, long within, string path, byte[] content, string reason, string? file = null) =>
        new($"{Formats}:{limit}", within, path, reason, new LayerTar().File(file ?? path, content));

    private static Golden Golden(string name) => Goldens.All.Single(golden => golden.Name == name);

    private static string Module(string name) => $"app/node_modules/{name}/package.json";

    private static string Package(string name) => $$"""{"name":"{{name}}","version":"1.0.0"}""";
}
