using System.Xml;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Reads the coordinates of a pom.xml (Maven POM 4.0.0); group and version may be the parent's. Nothing is fetched.</summary>
internal static class MavenPom
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
    };

    /// <summary>Null where the file does not tell all three itself.</summary>
    public static MavenCoordinates? TryParse(ReadOnlySpan<byte> content)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray()), Settings);
            Collect(reader, values);
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException($"The pom is no XML: {exception.Message}", exception);
        }

        var group = values.GetValueOrDefault("groupId") ?? values.GetValueOrDefault("parent.groupId");
        var version = values.GetValueOrDefault("version");
        return MavenCoordinates.TryCreate(
            Resolve(group, values.GetValueOrDefault("parent.groupId"), "groupId"), values.GetValueOrDefault("artifactId"),
            Resolve(version ?? values.GetValueOrDefault("parent.version"), values.GetValueOrDefault("parent.version"), "version"));
    }

    private static void Collect(XmlReader reader, Dictionary<string, string> values)
    {
        var path = new List<string>();
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                path.RemoveRange(Math.Min(reader.Depth, path.Count), Math.Max(0, path.Count - reader.Depth));
                path.Add(reader.LocalName);
            }
            else if (reader.NodeType == XmlNodeType.Text && path.Count == reader.Depth && (path is ["project", _] or ["project", "parent", _]))
            {
                values.TryAdd(path.Count == 2 ? path[1] : $"parent.{path[2]}", reader.Value.Trim());
            }
        }
    }

    // A module that repeats its parent's value by reference; everything else needs poms that are not here.
    private static string? Resolve(string? value, string? parent, string what) =>
        value == $"${{project.parent.{what}}}" || value == $"${{parent.{what}}}" || value == $"${{project.{what}}}" || value == $"${{pom.{what}}}" ? parent : value;
}
