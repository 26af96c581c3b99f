using System.Text.Json;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Reads components of CycloneDX 1.2 to 1.6 in JSON, nested ones too (ECMA-424, "components").</summary>
internal static class CycloneDxReader
{
    public static SbomDocument Read(ReadOnlySpan<byte> json, AnalysisLimits limits)
    {
        var reader = ForwardJson.Open(json, limits.Formats.JsonDepth);
        string? format = null, version = null, tool = null, created = null;
        var found = new Components(limits.Components);
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("bomFormat"u8))
            {
                format = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("specVersion"u8))
            {
                version = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                (tool, created) = ReadMetadata(ref reader);
            }
            else if (reader.ValueTextEquals("components"u8))
            {
                ReadComponents(ref reader, found);
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        return format != "CycloneDX" ? throw new InvalidDataException("It is no CycloneDX document.")
            : version is "1.2" or "1.3" or "1.4" or "1.5" or "1.6" ? new SbomDocument($"CycloneDX {version}", tool, AttestationTime.Read(created), found.Packages, found.IsCut)
            : throw new NotSupportedException($"CycloneDX {DisplayText.Sanitise(version, 40)} is not read, only 1.2 to 1.6.");
    }

    // The component that metadata names is the image itself.
    private static (string? Tool, string? Created) ReadMetadata(ref Utf8JsonReader reader)
    {
        string? tool = null, created = null;
        if (!ForwardJson.EnterObject(ref reader))
        {
            return default;
        }

        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("timestamp"u8))
            {
                created = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("tools"u8))
            {
                tool = ReadTools(ref reader);
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        return (tool, created);
    }

    // A list until 1.4; an object with components since 1.5.
    private static string? ReadTools(ref Utf8JsonReader reader)
    {
        string? tool = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return ReadToolList(ref reader);
        }

        if (!ForwardJson.IsObject(ref reader))
        {
            return null;
        }

        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("components"u8) && ForwardJson.EnterArray(ref reader))
            {
                var listed = ReadToolList(ref reader);
                tool ??= listed;
            }
            else
            {
                reader.Skip();
            }
        }

        return tool;
    }

    private static string? ReadToolList(ref Utf8JsonReader reader)
    {
        string? tool = null;
        while (ForwardJson.NextItem(ref reader))
        {
            if (!ForwardJson.IsObject(ref reader))
            {
                continue;
            }

            var texts = ForwardJson.Texts(ref reader, "name", "version");
            tool ??= texts is [var name, { } version] ? $"{name} {version}".Trim() : texts[0];
        }

        return tool;
    }

    // The reader's own depth bounds how deep this calls itself.
    private static void ReadComponents(ref Utf8JsonReader reader, Components found)
    {
        if (!ForwardJson.EnterArray(ref reader))
        {
            throw new InvalidDataException("Its components are no list.");
        }

        while (ForwardJson.NextItem(ref reader))
        {
            if (ForwardJson.IsObject(ref reader))
            {
                ReadComponent(ref reader, found);
            }
        }
    }

    private static void ReadComponent(ref Utf8JsonReader reader, Components found)
    {
        string? type = null, group = null, name = null, version = null, purl = null;
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("group"u8))
            {
                group = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("version"u8))
            {
                version = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("purl"u8))
            {
                purl = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("components"u8))
            {
                ReadComponents(ref reader, found);
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        // An application without purl and version is a lock file or a program that packages were found in.
        if (name is not null && (type is "library" or "framework" || (type == "application" && !(purl is null && string.IsNullOrEmpty(version)))))
        {
            found.Add(new SbomPackage(purl, string.IsNullOrEmpty(group) ? name : $"{group}/{name}", string.IsNullOrEmpty(version) ? null : version));
        }
    }

    private sealed class Components(int max)
    {
        public List<SbomPackage> Packages { get; } = [];
        public bool IsCut { get; private set; }

        public void Add(SbomPackage package)
        {
            IsCut |= Packages.Count >= max;
            if (Packages.Count < max)
            {
                Packages.Add(package);
            }
        }
    }
}
