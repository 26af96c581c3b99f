using System.Text;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Support;

/// <summary>A toy format: files named <c>*.pkg</c> that list <c>name@version</c>, one a line.</summary>
public sealed class ListExtractor : IPackageExtractor
{
    public const int Limit = 100_000;

    public string Id => "list";
    public int Version => 1;
    public int MaxFileSize => Limit;

    public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(".pkg");

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => new([.. Encoding.UTF8.GetString(content)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split('@') is [var name, var version] ? new FoundPackage("npm", name, version) : throw new InvalidDataException("No name@version."))]);
}
