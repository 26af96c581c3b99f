using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Installed Python distributions: <c>*.dist-info/METADATA</c>, <c>*.egg-info/PKG-INFO</c>, <c>EGG-INFO/PKG-INFO</c> and plain <c>*.egg-info</c> files (core metadata, PEP 566, 639).</summary>
internal sealed class PythonExtractor(FormatLimits limits) : IPackageExtractor
{
    private const int MaxLicenseLength = 200;

    public string Id => "python";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = ["/METADATA", "/PKG-INFO", ".egg-info"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var file);
        return file switch
        {
            "METADATA" => folder.EndsWith(".dist-info", StringComparison.OrdinalIgnoreCase),
            "PKG-INFO" => folder.EndsWith(".egg-info", StringComparison.OrdinalIgnoreCase) || PathSuffix.Is(folder, "EGG-INFO"),
            _ => file.Length > 9 && file.EndsWith(".egg-info", StringComparison.OrdinalIgnoreCase),
        };
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        string? name = null, version = null, license = null, expression = null;
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext() && !lines.Current.IsEmpty)
        {
            var colon = lines.Current.IndexOf((byte)':');
            if (colon <= 0)
            {
                continue; // a continued value
            }

            var key = lines.Current[..colon];
            var value = lines.Current[(colon + 1)..];
            if (Ascii.EqualsIgnoreCase(key, "Name"))
            {
                name ??= Decode(value);
            }
            else if (Ascii.EqualsIgnoreCase(key, "Version"))
            {
                version ??= Decode(value);
            }
            else if (Ascii.EqualsIgnoreCase(key, "License-Expression"))
            {
                expression ??= Decode(value);
            }
            else if (Ascii.EqualsIgnoreCase(key, "License"))
            {
                license ??= Decode(value);
            }
        }

        if (name is null || version is null)
        {
            throw new InvalidDataException("The metadata has no name or no version.");
        }

        var packages = new PackageList(path, limits);
        packages.Add(new FoundPackage("pypi", name, version, License: expression ?? ShownLicense(license)));
        return packages.ToScan();
    }

    private static string Decode(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value).Trim();

    // Before PEP 639 the field held anything from an identifier to the licence's whole text.
    private static string? ShownLicense(string? license) => license is null or "" or "UNKNOWN" || license.Length > MaxLicenseLength ? null : license;
}
