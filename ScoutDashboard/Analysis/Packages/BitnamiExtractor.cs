using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>The components that Bitnami's images declare beside what they installed: <c>opt/bitnami/**/.spdx-*.spdx</c> (SPDX 2.3 in JSON), as far as their purls are Bitnami's own.</summary>
internal sealed class BitnamiExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string PurlStart = "pkg:bitnami/";

    public string Id => "bitnami";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = [".spdx"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return name.StartsWith(".spdx-", StringComparison.Ordinal) && name.EndsWith(".spdx", StringComparison.Ordinal)
            && (folder.StartsWith("opt/bitnami/", StringComparison.Ordinal) || folder.Contains("/opt/bitnami/", StringComparison.Ordinal) || PathSuffix.Is(folder, "opt/bitnami"));
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root));

    private FileScan Read(string path, JsonElement root)
    {
        if (root.Text("spdxVersion") is null)
        {
            throw new InvalidDataException("The file is no SPDX document.");
        }

        var packages = new PackageList(path, limits);
        foreach (var package in root.Items("packages"))
        {
            foreach (var purl in package.Items("externalRefs").Select(reference => reference.Text("referenceLocator")).OfType<string>().Where(purl => purl.StartsWith(PurlStart, StringComparison.Ordinal)))
            {
                var end = purl.IndexOf('?', StringComparison.Ordinal);
                var named = (end < 0 ? purl : purl[..end])[PurlStart.Length..];
                var at = named.IndexOf('@', StringComparison.Ordinal);
                if (at > 0)
                {
                    packages.Add(new FoundPackage("bitnami", Uri.UnescapeDataString(named[..at]), Uri.UnescapeDataString(named[(at + 1)..]), License: LicenseOf(package)));
                }
                else
                {
                    packages.AddUnreadable();
                }
            }
        }

        return packages.ToScan();
    }

    private static string? LicenseOf(JsonElement package) => package.Text("licenseDeclared") is { Length: > 0 } license && license is not ("NOASSERTION" or "NONE") ? license : null;
}
