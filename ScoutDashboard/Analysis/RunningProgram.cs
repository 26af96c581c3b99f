using System.Text.Json;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis;

/// <summary>What this very process runs on, by the analysis that images get: its own packages and those of the shared frameworks that .NET's host chose for it.</summary>
public static class RunningProgram
{
    // dotnet/runtime, docs/design/features/host-components-dependencies-resolution.md: all deps.json that the host read.
    private const string DepsFiles = "APP_CONTEXT_DEPS_FILES";

    /// <summary>Throws <see cref="AnalysisException"/> where the host read no list of packages, as of a program in a single file.</summary>
    public static Inventory Read()
    {
        var lists = ((string?)AppContext.GetData(DepsFiles) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (lists.Length == 0)
        {
            throw new AnalysisException("No deps.json lies beside this program, so that nobody can tell what it was built from.");
        }

        var limits = new AnalysisLimits();
        var configs = lists.Select(list => Path.ChangeExtension(Path.ChangeExtension(list, null), ".runtimeconfig.json")).Where(File.Exists);
        return Inventory.Of(new MergedInventory([.. lists.Concat(configs).SelectMany(file => ReadFile(file, limits))], null, []), limits);
    }

    private static IEnumerable<MergedFile> ReadFile(string file, AnalysisLimits limits)
    {
        var path = file.Replace('\\', '/').TrimStart('/');
        foreach (var extractor in PackageExtractors.Under(limits.Formats).Where(extractor => extractor.Wants(path)))
        {
            var scan = Scan(extractor, path, file);
            yield return new MergedFile(path, extractor.Id, null, [.. scan.Packages.Select(package => new MergedPackage(package, 0))], null, scan.Host);
        }
    }

    private static FileScan Scan(IPackageExtractor extractor, string path, string file)
    {
        try
        {
            return new FileInfo(file).Length <= extractor.MaxFileSize ? extractor.Extract(path, File.ReadAllBytes(file)) : throw new AnalysisException($"{file} is too large.");
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
        {
            throw new AnalysisException($"{file} can't be read: {exception.Message}", exception);
        }
    }
}
