using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Installed PHP packages: <c>vendor/composer/installed.json</c> of Composer 2 (an object) or 1 (a list) (composer, src/Composer/Repository/FilesystemRepository.php).</summary>
internal sealed class ComposerExtractor(FormatLimits limits) : IPackageExtractor
{
    private const int MaxLicenses = 20;

    public string Id => "composer";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    // The folder's name is a setting of the project; the file's and its own folder's are not.
    public IReadOnlyList<string> Endings { get; } = ["/composer/installed.json"];

    public bool Wants(ReadOnlySpan<char> path) => path.EndsWith("/composer/installed.json", StringComparison.Ordinal);

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root));

    private FileScan Read(string path, JsonElement root)
    {
        var packages = new PackageList(path, limits);
        var isList = root.ValueKind == JsonValueKind.Array;
        if (!isList && (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("packages", out var list) || list.ValueKind != JsonValueKind.Array))
        {
            throw new InvalidDataException("The file lists no packages.");
        }

        foreach (var entry in isList ? root.EnumerateArray() : root.Items("packages"))
        {
            if (entry.Text("name") is { } name && entry.Text("version") is { } version)
            {
                packages.Add(new FoundPackage("composer", name.ToLowerInvariant(), version is ['v' or 'V', >= '0' and <= '9', ..] ? version[1..] : version, License: License(entry)));
            }
            else
            {
                packages.AddUnreadable();
            }
        }

        return packages.ToScan();
    }

    private static string? License(JsonElement entry)
    {
        var names = entry.Items("license").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()).Take(MaxLicenses);
        return string.Join(" OR ", names) is { Length: > 0 } joined ? joined : entry.Text("license");
    }
}
