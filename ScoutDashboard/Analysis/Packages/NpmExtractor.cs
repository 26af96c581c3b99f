using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Installed Node packages: <c>node_modules/name/package.json</c> and <c>node_modules/@scope/name/package.json</c>, not the helpers deeper inside.
/// A private package is the image's own code, not the registry's package of that name, and is left out.
/// </summary>
internal sealed class NpmExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string Modules = "node_modules";

    public string Id => "npm";
    public int Version => 2;
    public int MaxFileSize => limits.PackageJsonBytes;

    public IReadOnlyList<string> Endings { get; } = ["/package.json"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var file);
        if (!file.SequenceEqual("package.json"))
        {
            return false;
        }

        var parent = PathSuffix.Folder(folder, out var name);
        if (name is [] or ['.' or '@', ..] || name.SequenceEqual(Modules))
        {
            return false;
        }

        return PathSuffix.Is(parent, Modules) || (PathSuffix.Is(PathSuffix.Folder(parent, out var scope), Modules) && scope is ['@', _, ..]);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        NpmManifest manifest;
        try
        {
            manifest = NpmManifest.Read(content, limits);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("The file has text that is no Unicode.", exception);
        }
        catch (JsonException) when (JsonDocuments.IsTooDeep(content, limits))
        {
            throw JsonDocuments.TooDeep(limits);
        }

        if (manifest.IsPrivate || manifest.Name is null || manifest.Version is null)
        {
            return FileScan.Empty;
        }

        var packages = new PackageList(path, limits);
        if (NpmName.IsValid(manifest.Name))
        {
            packages.Add(new FoundPackage("npm", manifest.Name, manifest.Version.Trim(), License: manifest.License));
        }
        else
        {
            packages.AddUnreadable();
        }

        return packages.ToScan();
    }
}
