using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Support;

/// <summary>A toy format that says how its paths end and keeps which it was asked of; it reads files as <see cref="ListExtractor"/> does.</summary>
public sealed class EndingExtractor(string? ending) : IPackageExtractor
{
    private readonly ListExtractor _list = new();

    public List<string> Asked { get; } = [];
    public string Id => "ending";
    public int Version => 1;
    public int MaxFileSize => ListExtractor.Limit;
    public IReadOnlyList<string>? Endings => ending is null ? null : [ending];

    public bool Wants(ReadOnlySpan<char> path)
    {
        Asked.Add(path.ToString());
        return ending is not null && path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => _list.Extract(path, content);
}
