using System.Text;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>
/// A toy format: files named <c>*.pkg</c> that list <c>name@version</c>, one a line, npm unless the file is named <c>deb.pkg</c>; and
/// <c>os-release</c> with an id and a version.
/// </summary>
public sealed class ListExtractor(int version = 1) : IPackageExtractor
{
    public const int Limit = 100_000;

    public string Id => "list";
    public int Version => version;
    public int MaxFileSize => Limit;

    public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(".pkg") || path.EndsWith("etc/os-release") || path.EndsWith("usr/lib/os-release");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (path.EndsWith("/os-release", StringComparison.Ordinal))
        {
            return new FileScan([], lines[0].Split(' ') is [var id, var release] ? new Distribution(id, release) : null);
        }

        var type = path.EndsWith("deb.pkg", StringComparison.Ordinal) ? "deb" : "npm";
        return new FileScan([.. lines.Select(line => line.Split('@') is [var name, var version]
            ? new FoundPackage(type, name, version) : throw new InvalidDataException("No name@version."))]);
    }
}
