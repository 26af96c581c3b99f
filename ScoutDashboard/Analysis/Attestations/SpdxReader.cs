using System.Text.Json;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Reads packages of SPDX 2.2 and 2.3 in JSON (spdx-spec, annex "JSON"; clause 7 package information).</summary>
internal static class SpdxReader
{
    public static SbomDocument Read(ReadOnlySpan<byte> json, AnalysisLimits limits)
    {
        var reader = ForwardJson.Open(json, limits.Formats.JsonDepth);
        string? version = null, tool = null, created = null;
        List<SpdxPackage> packages = [];
        var described = new HashSet<string>(StringComparer.Ordinal);
        var isCut = false;
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("spdxVersion"u8))
            {
                version = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("@graph"u8))
            {
                throw new NotSupportedException("SPDX 3 is not read.");
            }
            else if (reader.ValueTextEquals("creationInfo"u8))
            {
                (tool, created) = ReadCreation(ref reader);
            }
            else if (reader.ValueTextEquals("packages"u8))
            {
                isCut = ReadPackages(ref reader, packages, limits.Components);
            }
            else if (reader.ValueTextEquals("documentDescribes"u8))
            {
                ReadDescribed(ref reader, described, limits.Components);
            }
            else if (reader.ValueTextEquals("relationships"u8))
            {
                ReadRelationships(ref reader, described, limits.Components);
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        return version switch
        {
            "SPDX-2.2" or "SPDX-2.3" => new SbomDocument($"SPDX {version[5..]}", tool, AttestationTime.Read(created),
                // What the document is about is listed among the packages: the image or the folder that was scanned.
                [.. packages.Where(package => !(package.Package.Purl is null && package.Id is { } id && described.Contains(id))).Select(package => package.Package)], isCut),
            null => throw new InvalidDataException("It is no SPDX document: it has no spdxVersion."),
            _ => throw new NotSupportedException($"{DisplayText.Sanitise(version, 40)} is not read, only SPDX 2.2 and 2.3."),
        };
    }

    private static (string? Tool, string? Created) ReadCreation(ref Utf8JsonReader reader)
    {
        string? tool = null, created = null;
        if (!ForwardJson.EnterObject(ref reader))
        {
            return default;
        }

        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("created"u8))
            {
                created = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("creators"u8) && ForwardJson.EnterArray(ref reader))
            {
                while (ForwardJson.NextItem(ref reader))
                {
                    // Several tools may have had their hands in it; the first made it.
                    tool ??= ForwardJson.ItemText(ref reader) is { } creator && creator.StartsWith("Tool:", StringComparison.Ordinal) ? creator[5..].Trim() : null;
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return (tool, created);
    }

    private static bool ReadPackages(ref Utf8JsonReader reader, List<SpdxPackage> packages, int max)
    {
        var isCut = false;
        if (!ForwardJson.EnterArray(ref reader))
        {
            throw new InvalidDataException("Its packages are no list.");
        }

        while (ForwardJson.NextItem(ref reader))
        {
            if (packages.Count >= max)
            {
                isCut = true;
                reader.Skip();
            }
            else if (ForwardJson.IsObject(ref reader) && ReadPackage(ref reader) is { } package)
            {
                packages.Add(package);
            }
        }

        return isCut;
    }

    private static SpdxPackage? ReadPackage(ref Utf8JsonReader reader)
    {
        string? id = null, name = null, version = null, purl = null, purpose = null;
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("SPDXID"u8))
            {
                id = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("versionInfo"u8))
            {
                version = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("primaryPackagePurpose"u8))
            {
                purpose = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("externalRefs"u8))
            {
                purl = ReadPurl(ref reader);
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        var isPackage = name is not null && purpose is not ("CONTAINER" or "OPERATING-SYSTEM" or "OPERATING_SYSTEM" or "FILE" or "DEVICE" or "FIRMWARE")
            // An application without version is a lock file or a program that packages were found in.
            && !(purpose == "APPLICATION" && purl is null && version is null);
        return isPackage ? new SpdxPackage(id, new SbomPackage(purl, name!, version is "NOASSERTION" or "NONE" or "" ? null : version)) : null;
    }

    private static string? ReadPurl(ref Utf8JsonReader reader)
    {
        string? purl = null;
        if (!ForwardJson.EnterArray(ref reader))
        {
            return null;
        }

        while (ForwardJson.NextItem(ref reader))
        {
            if (!ForwardJson.IsObject(ref reader))
            {
                continue;
            }

            var texts = ForwardJson.Texts(ref reader, "referenceType", "referenceLocator");
            purl ??= texts is ["purl", var locator] ? locator : null;
        }

        return purl;
    }

    private static void ReadDescribed(ref Utf8JsonReader reader, HashSet<string> described, int max)
    {
        if (!ForwardJson.EnterArray(ref reader))
        {
            return;
        }

        while (ForwardJson.NextItem(ref reader))
        {
            if (ForwardJson.ItemText(ref reader) is { } id && described.Count < max)
            {
                described.Add(id);
            }
        }
    }

    private static void ReadRelationships(ref Utf8JsonReader reader, HashSet<string> described, int max)
    {
        if (!ForwardJson.EnterArray(ref reader))
        {
            return;
        }

        while (ForwardJson.NextItem(ref reader))
        {
            if (!ForwardJson.IsObject(ref reader))
            {
                continue;
            }

            if (ForwardJson.Texts(ref reader, "spdxElementId", "relationshipType", "relatedSpdxElement") is ["SPDXRef-DOCUMENT", "DESCRIBES", { } to] && described.Count < max)
            {
                described.Add(to);
            }
        }
    }

    private sealed record SpdxPackage(string? Id, SbomPackage Package);
}
