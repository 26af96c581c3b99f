using ScoutDashboard.Analysis.Layers;

namespace ScoutDashboard.Analysis;

/// <summary>Leaves out files that tell, less exactly, what another file of the image tells.</summary>
internal static class RepeatedFiles
{
    private const string ChiselManifest = "var/lib/chisel/manifest.wall";

    public static IEnumerable<MergedFile> Without(IReadOnlyList<MergedFile> files)
    {
        var dpkgRoots = files.Where(file => file.Extractor == "dpkg" && file.Packages.Count > 0).Select(file => file.Path[..file.Path.IndexOf("lib/dpkg/", StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);
        var apps = files.Where(file => file.Extractor == "dotnet-deps").Select(file => Folder(file.Path)).ToHashSet(StringComparer.Ordinal);
        return files.Where(file => file.Extractor switch
        {
            // Chiselled images may carry a dpkg database made from the same slices; that one tells the sources too.
            "chisel" => !dpkgRoots.Contains(file.Path[..^ChiselManifest.Length] + "var/"),
            "dotnet-assembly" => !IsClaimed(file.Path, apps),
            _ => true,
        });
    }

    // A deps.json names the packages of the assemblies beside it, and of those that are chosen by platform.
    private static bool IsClaimed(string path, HashSet<string> apps)
    {
        var runtimes = path.LastIndexOf("/runtimes/", StringComparison.Ordinal);
        return apps.Contains(Folder(path)) || (runtimes > 0 && apps.Contains(path[..runtimes])) || (path.StartsWith("runtimes/", StringComparison.Ordinal) && apps.Contains(""));
    }

    private static string Folder(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";
}
