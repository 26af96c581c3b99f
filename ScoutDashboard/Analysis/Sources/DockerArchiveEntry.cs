using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>One image of a <c>manifest.json</c>: names of files in the archive, layers lowest first.</summary>
internal sealed record DockerArchiveEntry(string Config, IReadOnlyList<string>? RepoTags, IReadOnlyList<string> Layers)
{
    /// <param name="json">The whole manifest.json.</param>
    /// <param name="name">The archive for a person.</param>
    /// <param name="reference">A name with tag, or a tag only; null for the only image.</param>
    public static DockerArchiveEntry Choose(byte[] json, string name, string? reference)
    {
        var all = Read(json, name);
        var named = all.Where(image => reference is null || image.Tags.Any(tag => tag == reference || tag.EndsWith($":{reference}", StringComparison.Ordinal))).ToList();
        return named switch
        {
            [var only] => only,
            _ when all.Count == 0 => throw new AnalysisException($"{name} holds no image."),
            [] => throw new AnalysisException($"{name} holds no image {reference}. It holds {Names(all)}."),
            _ => throw new AnalysisException($"{name} holds several images. Add :TAG for one of {Names(all)}."),
        };
    }

    private IEnumerable<string> Tags => RepoTags?.Where(tag => tag is not null) ?? [];

    private static List<DockerArchiveEntry> Read(byte[] json, string name)
    {
        try
        {
            var entries = JsonSerializer.Deserialize<List<DockerArchiveEntry?>>(json) ?? [];
            if (entries.All(entry => entry is { Config: not null, Layers: not null } && entry.Layers.All(layer => layer is not null)))
            {
                return entries!;
            }
        }
        catch (JsonException exception)
        {
            throw new AnalysisException($"{name} is no image: its manifest.json can't be read.", exception);
        }

        throw new AnalysisException($"{name} is no image: its manifest.json names no configuration or no layers.");
    }

    private static string Names(List<DockerArchiveEntry> all) =>
        string.Join(", ", all.SelectMany(image => image.Tags).Take(20).Select(tag => DisplayText.Sanitise(tag, 200)).DefaultIfEmpty("images without a name"));
}
