using System.Globalization;
using System.Text;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>
/// The package list of distroless Azure Linux and Mariner images, which have no rpm database: <c>var/lib/rpmmanifest/container-manifest-2</c>, tab-separated
/// (the query format of microsoft/azurelinux' toolkit: name, version-release, install time, build time, vendor, epoch, size, architecture, epoch number, source).
/// </summary>
internal sealed class RpmManifestExtractor(FormatLimits limits) : IPackageExtractor
{
    private const int Fields = 10;

    public string Id => "rpm-manifest";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = ["var/lib/rpmmanifest/container-manifest-2"];

    public bool Wants(ReadOnlySpan<char> path) => PathSuffix.Is(path, "var/lib/rpmmanifest/container-manifest-2");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var packages = new RpmPackages(path, limits);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            if (lines.Current.IsEmpty)
            {
                continue;
            }

            var fields = Encoding.UTF8.GetString(lines.Current).Split('\t');
            var version = fields.Length >= Fields ? fields[1] : "";
            var dash = version.LastIndexOf('-');
            var isWhole = dash > 0 && IsEpoch(fields[5]);
            uint? epoch = isWhole && uint.TryParse(fields[5], CultureInfo.InvariantCulture, out var number) ? number : null;
            packages.Add(isWhole ? fields[0] : null, epoch, isWhole ? version[..dash] : null, isWhole ? version[(dash + 1)..] : null,
                isWhole ? fields[7] : null, isWhole ? fields[9] : null, null, isWhole ? fields[4] : null);
        }

        return packages.ToScan();
    }

    private static bool IsEpoch(string text) => text == "(none)" || uint.TryParse(text, CultureInfo.InvariantCulture, out _);
}
