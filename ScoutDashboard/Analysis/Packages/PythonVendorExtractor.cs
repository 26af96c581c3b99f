using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>What pip carries inside itself: <c>_vendor/vendor.txt</c>, lines of <c>name==version</c> (pypa/pip, src/pip/_vendor/README.rst).</summary>
internal sealed class PythonVendorExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "python-vendor";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = ["_vendor/vendor.txt"];

    public bool Wants(ReadOnlySpan<char> path) => PathSuffix.Is(path, "_vendor/vendor.txt");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var packages = new PackageList(path, limits);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            var text = Encoding.UTF8.GetString(lines.Current);
            text = (text.IndexOf('#', StringComparison.Ordinal) is var comment and >= 0 ? text[..comment] : text).Trim();
            if (text.IndexOf("==", StringComparison.Ordinal) is var equals and > 0)
            {
                packages.Add(new FoundPackage("pypi", text[..equals].TrimEnd(), text[(equals + 2)..].Split(';')[0].Trim()));
            }
        }

        return packages.ToScan();
    }
}
