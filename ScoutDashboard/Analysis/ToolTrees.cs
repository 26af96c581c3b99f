using System.Globalization;
using ScoutDashboard.Analysis.Layers;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Tells the Node packages that a package manager carries inside its own folder, as npm does, from those that the image's makers installed. Both are matched;
/// only a newer tool, usually a newer base image, mends the former.
/// </summary>
internal sealed class ToolTrees
{
    private const string Modules = "/node_modules/";

    // corepack also unpacks the others below its own folder.
    private static readonly string[] Tools = ["npm", "pnpm", "yarn", "corepack"];
    private readonly Dictionary<string, string> _tools = new(StringComparer.Ordinal);

    public ToolTrees(IEnumerable<MergedFile> files)
    {
        foreach (var file in files.Where(file => file.Extractor == "npm"))
        {
            if (file.Packages is [var (package, _, _)] && Array.Find(Tools, tool => $"/{file.Path}".EndsWith($"{Modules}{tool}/package.json", StringComparison.Ordinal)) is { } tool && package.Name == tool)
            {
                _tools[file.Path[..^"package.json".Length]] = string.Create(CultureInfo.InvariantCulture, $"{package.Name} {package.Version}");
            }
        }
    }

    /// <summary>Name and version of the outermost tool that a package lies in, <c>npm 10.8.2</c>; null for the tool itself and for all other packages.</summary>
    public string? Of(string path)
    {
        // The official Node images unpack yarn there: opt/yarn-v1.22.22/.
        if (path.StartsWith("opt/yarn-v", StringComparison.Ordinal) && path.IndexOf('/', "opt/".Length) is var end and > 0 && path.IndexOf(Modules, end, StringComparison.Ordinal) > 0)
        {
            return $"yarn {path["opt/yarn-v".Length..end]}";
        }

        // Its folder, and node_modules somewhere below it.
        for (var at = path.IndexOf('/'); at > 0; at = path.IndexOf('/', at + 1))
        {
            if (_tools.GetValueOrDefault(path[..(at + 1)]) is { } tool && path.IndexOf(Modules, at, StringComparison.Ordinal) > 0)
            {
                return tool;
            }
        }

        return null;
    }
}
