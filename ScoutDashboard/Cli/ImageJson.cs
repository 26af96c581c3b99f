using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;

namespace ScoutDashboard.Cli;

/// <summary>Writes an analysed image as one JSON document.</summary>
internal static class ImageJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static async Task WriteAsync(ImageLocation location, StandaloneImage image, Stream destination, CancellationToken cancellationToken)
    {
        var document = new
        {
            Image = new
            {
                location.Name, location.Tag, image.Digest, image.ConfigDigest, Platform = image.Platform.ToString(),
                Distribution = image.Distribution is { } distribution ? new { distribution.Id, distribution.VersionId, Name = distribution.DisplayName } : null,
                image.CreatedAt, image.Size,
            },
            image.Layers,
            Components = image.Components.Select(Describe),
            image.Gaps,
        };
        await JsonSerializer.SerializeAsync(destination, document, Options, cancellationToken);
        destination.WriteByte((byte)'\n');
    }

    private static object Describe(StandaloneComponent component)
    {
        var identity = component.Identity;
        // Only distributions build several packages from one source; advisories name the source.
        var hasSource = identity.Type is "deb" or "apk" or "rpm";
        return new
        {
            identity.Type, Ecosystem = identity.Ecosystem.Length == 0 ? null : identity.Ecosystem, identity.Name, identity.Version, identity.Purl,
            Source = hasSource ? identity.AdvisoryName : null, SourceVersion = hasSource ? identity.AdvisoryVersion : null,
            Paths = component.Places.Select(place => place.Path).Distinct(), component.Places[0].Layer,
        };
    }
}
