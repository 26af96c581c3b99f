using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Writes CycloneDX 1.6 JSON (ECMA-424). The same content gives the same bytes.</summary>
public static class CycloneDxWriter
{
    public const string MediaType = "application/vnd.cyclonedx+json; version=1.6";
    private const int FlushEvery = 64 * 1024;

    public static async Task WriteAsync(SbomContent content, Stream destination, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true });
        var root = content.Subject.Purl;
        json.WriteStartObject();
        json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        json.WriteString("bomFormat", "CycloneDX");
        json.WriteString("specVersion", "1.6");
        json.WriteString("serialNumber", $"urn:uuid:{content.SerialNumber}");
        json.WriteNumber("version", 1);
        WriteMetadata(json, content, root);

        json.WriteStartArray("components");
        if (content.Distribution is not null)
        {
            json.WriteStartObject();
            json.WriteString("type", "operating-system");
            json.WriteString("bom-ref", "operating-system");
            json.WriteString("name", content.Distribution);
            json.WriteEndObject();
        }

        foreach (var component in content.Components)
        {
            WriteComponent(json, component);
            if (json.BytesPending > FlushEvery)
            {
                await json.FlushAsync(cancellationToken);
            }
        }

        json.WriteEndArray();
        WriteDependencies(json, content, root);
        WriteCompositions(json, content, root);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static void WriteMetadata(Utf8JsonWriter json, SbomContent content, string root)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", content.AnalysedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("name", "ScoutDashboard");
        json.WriteString("version", ProgramVersion.Text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteStartObject("component");
        json.WriteString("type", content.Subject.IsImage ? "container" : "application");
        json.WriteString("bom-ref", root);
        json.WriteString("name", content.Subject.Name);
        json.WriteString("version", content.Subject.Version);
        WriteLicense(json, content.Subject.License);
        json.WriteString("purl", root);
        json.WriteStartArray("properties");
        WriteProperty(json, "scout:platform", content.Subject.Platform);
        WriteProperty(json, "scout:tag", content.Subject.Tag);
        foreach (var gap in content.GapLines)
        {
            WriteProperty(json, "scout:gap", gap);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, SbomComponent component)
    {
        json.WriteStartObject();
        json.WriteString("type", component.ListedOnly == ListedOnly.Application ? "application" : "library");
        json.WriteString("bom-ref", component.Purl);
        json.WriteString("name", component.Name);
        json.WriteString("version", component.Version);
        if (component.ListedOnly == ListedOnly.Declared)
        {
            json.WriteString("scope", "excluded");
        }

        WriteLicense(json, component.License);
        json.WriteString("purl", component.Purl);

        // One occurrence for each path; the layers beside them, as CycloneDX has no word for a layer.
        json.WriteStartObject("evidence");
        json.WriteStartArray("occurrences");
        foreach (var path in component.Places.Select(p => p.Path).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("location", path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("properties");
        foreach (var layer in component.Places.Select(p => (p.LayerIndex, p.LayerDigest)).Distinct())
        {
            WriteProperty(json, "scout:layer:index", layer.LayerIndex?.ToString(CultureInfo.InvariantCulture));
            WriteProperty(json, "scout:layer:digest", layer.LayerDigest);
        }

        WriteProperty(json, "scout:declared", component.ListedOnly == ListedOnly.Declared ? "Named in a lock file, not found installed." : null);
        WriteProperty(json, "scout:partOf", component.PartOf);

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDependencies(Utf8JsonWriter json, SbomContent content, string root)
    {
        json.WriteStartArray("dependencies");
        json.WriteStartObject();
        json.WriteString("ref", root);
        json.WriteStartArray("dependsOn");
        foreach (var component in content.Components.Where(component => component.ListedOnly != ListedOnly.Declared))
        {
            json.WriteStringValue(component.Purl);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // Not even an image without gaps is called complete: software that no package database names stays unseen.
    private static void WriteCompositions(Utf8JsonWriter json, SbomContent content, string root)
    {
        json.WriteStartArray("compositions");
        json.WriteStartObject();
        json.WriteString("aggregate", content.Gaps.Count > 0 ? "incomplete" : "unknown");
        json.WriteStartArray("assemblies");
        json.WriteStringValue(root);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteLicense(Utf8JsonWriter json, string? license)
    {
        if (license is null)
        {
            return;
        }

        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteStartObject("license");
        json.WriteString("id", license);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteEndObject();
    }
}
