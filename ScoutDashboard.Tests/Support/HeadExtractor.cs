using System.Text;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Support;

/// <summary>A toy format that no name tells: files that begin with <c>#!bin</c> and then list <c>name@version</c>, one a line.</summary>
public sealed class HeadExtractor : IPackageExtractor
{
    public const int Limit = 100_000;

    public string Id => "head";
    public int Version => 1;
    public int MaxFileSize => Limit;

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => head.Length <= IPackageExtractor.HeadLength && head.StartsWith("#!bin"u8);

    public FileScan Extract(string path, ReadOnlySpan<byte> content) =>
        new([.. Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split('@')).Select(parts => new FoundPackage("npm", parts[0], parts[1]))]);
}
