using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Reads the text of a Go program's build information (golang/go, runtime/debug.BuildInfo.String).</summary>
internal static class GoModules
{
    private const string Unversioned = "(devel)";
    private const int MaxShown = 10;

    public static FileScan Read(string path, FormatLimits limits, string goVersion, string text)
    {
        var packages = new PackageList(path, limits);
        packages.Add(new FoundPackage("golang", "stdlib", StdlibVersion(goVersion)));
        (string Path, string Version)? main = null;
        var dependencies = new List<(string Path, string Version)>();
        var replaced = new List<string>();
        var flags = "";
        foreach (var fields in text.Split('\n').Select(line => line.Split('\t')))
        {
            switch (fields)
            {
                case ["mod", var name, var version, ..]:
                    main = (name, version);
                    break;
                case ["dep", var name, var version, ..]:
                    dependencies.Add((name, version));
                    break;
                case ["=>", _, "" or Unversioned, ..] or ["=>", _] when dependencies.Count > 0:
                    // A folder of the builder's has no version.
                    replaced.Add(dependencies[^1].Path);
                    dependencies[^1] = (dependencies[^1].Path, Unversioned);
                    break;
                case ["=>", var newName, var newVersion, ..] when dependencies.Count > 0:
                    dependencies[^1] = (newName, newVersion);
                    break;
                case ["build", var setting, ..] when setting.StartsWith("-ldflags=", StringComparison.Ordinal):
                    flags = setting["-ldflags=".Length..];
                    break;
            }
        }

        if (main is { } own)
        {
            packages.Add(new FoundPackage("golang", own.Path, own.Version is "" or Unversioned ? GoLinkerFlags.Version(flags, own.Path) ?? Unversioned : own.Version));
        }

        foreach (var (name, version) in dependencies)
        {
            packages.Add(new FoundPackage("golang", name, version.Length == 0 ? Unversioned : version));
        }

        var scan = packages.ToScan();
        List<ScanGap> gaps = [.. scan.Gaps ?? []];
        if (dependencies.Count == 0)
        {
            gaps.Add(new ScanGap(ScanGapKind.Unsupported, path, "The Go program does not tell which modules it was built from."));
        }

        if (replaced.Count > 0)
        {
            gaps.Add(new ScanGap(ScanGapKind.Unsupported, path, $"The Go program was built with the builder's own folders in place of {string.Join(", ", replaced.Take(MaxShown))}"
                + (replaced.Count > MaxShown ? $" and {replaced.Count - MaxShown} more" : "") + "; their versions are unknown."));
        }

        return scan with { Gaps = gaps.Count > 0 ? gaps : null };
    }

    // "go1.22.3", "go1.22.3 X:boringcrypto", "go1.26-X:nodwarf5", "devel go1.23-a1b2c3 Thu …".
    private static string StdlibVersion(string text)
    {
        var word = text.Split(' ').FirstOrDefault(part => part.StartsWith("go", StringComparison.Ordinal)) ?? "unknown";
        word = word.StartsWith("go", StringComparison.Ordinal) ? word[2..] : word;
        return word.IndexOf("-X:", StringComparison.Ordinal) is var experiment and > 0 ? word[..experiment] : word;
    }
}

/// <summary>Finds the version that a builder had the linker write into a program: <c>-X path.name=value</c> (cmd/link).</summary>
internal static class GoLinkerFlags
{
    private static readonly string[] Names = ["version", "appversion", "gitversion", "buildversion", "releaseversion", "versionstring"];

    /// <param name="flags">The value of -ldflags, quoted or not.</param>
    /// <param name="module">The program's own module: a variable of another's tells that one's version.</param>
    public static string? Version(string flags, string module)
    {
        string? found = null;
        var best = int.MaxValue;
        foreach (var word in flags.Split([' ', '"', '\'', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var dot = equals > 0 ? word.LastIndexOf('.', equals) : -1;
            if (dot <= 0 || !Names.Contains(word[(dot + 1)..equals].ToLowerInvariant()) || Normalised(word[(equals + 1)..]) is not { } version)
            {
                continue;
            }

            var rank = Rank(word[..dot].StartsWith("-X", StringComparison.Ordinal) ? word[2..dot].TrimStart('=') : word[..dot], module);
            if (rank < best)
            {
                (found, best) = (version, rank);
            }
        }

        return found;
    }

    private static int Rank(string package, string module) => package switch
    {
        "main" => 0,
        _ when package == module || package.StartsWith($"{module}/cmd", StringComparison.Ordinal) => 1,
        _ when package.StartsWith($"{module}/", StringComparison.Ordinal) => 2,
        _ => int.MaxValue,
    };

    // "v1.2.3", "1.2.3-rc1"; not "dev" and not a commit.
    private static string? Normalised(string value)
    {
        var text = value.StartsWith('v') ? value[1..] : value;
        var end = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        return end > 2 && text[..end].Count(character => character == '.') is 1 or 2 && text.Length < 64 ? $"v{text}" : null;
    }
}
