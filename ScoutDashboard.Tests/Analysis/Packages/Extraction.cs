using System.Text;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Runs the extractor that wants a path over a file given as text.</summary>
internal static class Extraction
{
    public static FileScan Of(string path, string content) => Of(path, Encoding.UTF8.GetBytes(content));

    public static FileScan Of(string path, byte[] content) => Wanting(path)!.Extract(path, content);

    public static IPackageExtractor? Wanting(string path) => PackageExtractors.All.SingleOrDefault(extractor => IsAsked(extractor, path) && extractor.Wants(path));

    /// <summary>Whether the path ends as the extractor says that all do which it wants.</summary>
    public static bool IsAsked(IPackageExtractor extractor, string path) => extractor.Endings?.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ?? true;

    /// <summary><c>name@version</c> of each package.</summary>
    public static IEnumerable<string> Names(string path, string content) => Of(path, content).Packages.Select(package => $"{package.Name}@{package.Version}");
}
