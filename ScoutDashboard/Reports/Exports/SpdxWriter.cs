using System.Globalization;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Writes SPDX 2.3 JSON (ISO/IEC 5962 and its successor at spdx.github.io). The same content gives the same bytes.</summary>
public static class SpdxWriter
{
    public const string MediaType = "application/spdx+json";
    private const string Document = "SPDXRef-DOCUMENT";
    private const string OperatingSystem = "SPDXRef-OperatingSystem";
    private const string Unknown = "NOASSERTION";
    private const int FlushEvery = 64 * 1024;

    public static async Task WriteAsync(SbomContent content, Stream destination, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("spdxVersion", "SPDX-2.3");
        json.WriteString("dataLicense", "CC0-1.0");
        json.WriteString("SPDXID", Document);
        json.WriteString("name", content.Subject.Tag is { } tag ? $"{content.Subject.Name}:{tag}" : content.Subject.Name);
        json.WriteString("documentNamespace", $"urn:uuid:{content.SerialNumber}");
        WriteCreation(json, content);

        json.WriteStartArray("packages");
        WriteSubject(json, content);
        if (content.Distribution is not null)
        {
            WritePackage(json, OperatingSystem, content.Distribution, version: null, purl: null, "OPERATING-SYSTEM", license: null);
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
        WriteRelationships(json, content);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static void WriteCreation(Utf8JsonWriter json, SbomContent content)
    {
        json.WriteStartObject("creationInfo");
        json.WriteString("created", content.AnalysedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteStartArray("creators");
        json.WriteStringValue($"Tool: ScoutDashboard-{ProgramVersion.Text}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter json, SbomContent content)
    {
        var subject = content.Subject;
        WritePackage(json, IdOf(subject), subject.Name, subject.Version, subject.Purl, subject.IsImage ? "CONTAINER" : "APPLICATION", subject.License);
        if (subject.IsImage)
        {
            json.WriteStartArray("checksums");
            json.WriteStartObject();
            json.WriteString("algorithm", "SHA256");
            json.WriteString("checksumValue", subject.Version[(subject.Version.IndexOf(':') + 1)..]);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        // Not even an image without gaps is called complete: software that no package database names stays unseen.
        json.WriteString("comment", content.Gaps.Count == 0 ? "What no package database names is not listed."
            : string.Join('\n', content.GapLines.Prepend("Incomplete. What no package database names is not listed, nor what was not read:")));
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, SbomComponent component)
    {
        WritePackage(json, IdOf(component), component.Name, component.Version, component.Purl, component.ListedOnly == ListedOnly.Application ? "APPLICATION" : "LIBRARY", component.License);
        if (component.Places.Count > 0)
        {
            json.WriteString("sourceInfo", "found in " + string.Join(", ", component.Places.Select(place => place.LayerIndex is { } layer ? $"{place.Path} (layer {layer})" : place.Path)));
        }

        if (component.ListedOnly == ListedOnly.Declared)
        {
            json.WriteString("comment", "Declared: named in a lock file, not found installed.");
        }
        else if (component.PartOf is { } tool)
        {
            json.WriteString("comment", $"Part of {tool}.");
        }

        json.WriteEndObject();
    }

    // Leaves the object open, for what else is to be told.
    private static void WritePackage(Utf8JsonWriter json, string id, string name, string? version, string? purl, string purpose, string? license)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", id);
        json.WriteString("name", name);
        if (!string.IsNullOrEmpty(version))
        {
            json.WriteString("versionInfo", version);
        }

        json.WriteString("primaryPackagePurpose", purpose);
        json.WriteString("downloadLocation", Unknown);
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("licenseConcluded", Unknown);
        json.WriteString("licenseDeclared", license ?? Unknown);
        json.WriteString("copyrightText", Unknown);
        if (purl is not null)
        {
            json.WriteStartArray("externalRefs");
            json.WriteStartObject();
            json.WriteString("referenceCategory", "PACKAGE-MANAGER");
            json.WriteString("referenceType", "purl");
            json.WriteString("referenceLocator", purl);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    private static void WriteRelationships(Utf8JsonWriter json, SbomContent content)
    {
        var subject = IdOf(content.Subject);
        json.WriteStartArray("relationships");
        WriteRelationship(json, Document, "DESCRIBES", subject);
        if (content.Distribution is not null)
        {
            WriteRelationship(json, subject, "CONTAINS", OperatingSystem);
        }

        foreach (var component in content.Components)
        {
            // It can't be said to contain what was not found in it (SPDX 2.3, clause 11.1).
            WriteRelationship(json, subject, component.ListedOnly == ListedOnly.Declared ? "OTHER" : "CONTAINS", IdOf(component));
        }

        json.WriteEndArray();
    }

    private static void WriteRelationship(Utf8JsonWriter json, string from, string type, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", type);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    private static string IdOf(SbomSubject subject) => subject.IsImage ? "SPDXRef-Image" : "SPDXRef-Program";

    // Letters, digits, dots and dashes only (clause 7.2); the purl is what makes a component one.
    private static string IdOf(SbomComponent component) => $"SPDXRef-Package-{Digest.Of(Encoding.UTF8.GetBytes(component.Purl)).Hex[..32]}";
}
