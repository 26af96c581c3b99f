using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>The shared frameworks that a .NET app or another framework runs on: <c>*.runtimeconfig.json</c> (dotnet/sdk, "runtime-configuration-file").</summary>
internal sealed class DotNetConfigExtractor(FormatLimits limits) : IPackageExtractor
{
    public const string Suffix = ".runtimeconfig.json";
    private const int MaxFrameworks = 32;

    public string Id => "dotnet-config";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = [Suffix];

    public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, Read, JsonCommentHandling.Skip);

    private static FileScan Read(JsonElement root)
    {
        // The settings of .NET Core 2 choose in another way.
        if (root.Member("runtimeOptions") is not { } options || options.TryGetProperty("applyPatches", out _) || options.TryGetProperty("rollForwardOnNoCandidateFx", out _))
        {
            return FileScan.Empty;
        }

        var all = options.Member("framework") is { } only ? [only] : options.Items("frameworks").ToList();
        var frameworks = all.ConvertAll(framework => framework.Text("name") is { } name && framework.Text("version") is { } version
            ? new FrameworkReference(name, version, framework.Text("rollForward") ?? options.Text("rollForward")) : null).OfType<FrameworkReference>().ToList();
        return all.Count == 0 || all.Count > MaxFrameworks || frameworks.Count < all.Count ? FileScan.Empty : new FileScan([], Host: new HostFacts([], frameworks));
    }
}
