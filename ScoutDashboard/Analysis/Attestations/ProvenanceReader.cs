using System.Text.Json;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Reads the predicate of SLSA provenance v0.2 and v1 (slsa.dev/spec), with what BuildKit adds to it (BuildKit, "SLSA definitions").</summary>
internal static class ProvenanceReader
{
    private const int MaxText = 500;
    private const int MaxMaterials = 10_000;
    private const int MaxBases = 50;

    // What the builder itself is made of: its frontend and its scanner for bills of materials.
    private static readonly string[] BuilderImages = ["docker.io/docker/buildkit-syft-scanner", "docker.io/docker/dockerfile", "docker.io/docker/scout-sbom-indexer"];

    public static BuildProvenance Read(ReadOnlyMemory<byte> json, int maxDepth)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
        var root = document.RootElement;
        return root.ValueKind != JsonValueKind.Object ? throw new InvalidDataException("The provenance is no JSON object.")
            : At(root, "buildDefinition") is { } definition ? ReadV1(definition, At(root, "runDetails"))
            : ReadV02(root);
    }

    private static BuildProvenance ReadV02(JsonElement root)
    {
        var metadata = At(root, "metadata");
        var vcs = At(At(metadata, "https://mobyproject.org/buildkit@v1#metadata"), "vcs");
        var source = At(At(root, "invocation"), "configSource");
        return new BuildProvenance(
            Text(At(At(root, "builder"), "id")), Address(At(vcs, "source")) ?? Address(At(source, "uri")), Text(At(vcs, "revision")) ?? Commit(At(source, "digest")),
            Text(At(metadata, "buildInvocationID")) ?? Text(At(metadata, "buildInvocationId")),
            Time(At(metadata, "buildStartedOn")), Time(At(metadata, "buildFinishedOn")), Bases(At(root, "materials")));
    }

    private static BuildProvenance ReadV1(JsonElement definition, JsonElement? run)
    {
        var metadata = At(run, "metadata");
        var vcs = At(At(metadata, "buildkit_metadata"), "vcs");
        var parameters = At(definition, "externalParameters");
        var (source, workflow) = (At(parameters, "configSource"), At(parameters, "workflow"));
        var materials = At(definition, "resolvedDependencies");
        var checkedOut = Items(materials).FirstOrDefault(item => At(item, "uri") is { } uri && Text(uri)?.StartsWith("git+", StringComparison.Ordinal) == true);
        var git = checkedOut.ValueKind == JsonValueKind.Object ? checkedOut : (JsonElement?)null;
        return new BuildProvenance(
            Text(At(At(run, "builder"), "id")),
            Address(At(vcs, "source")) ?? Address(At(source, "uri")) ?? Address(At(workflow, "repository")) ?? Address(At(git, "uri")),
            Text(At(vcs, "revision")) ?? Commit(At(source, "digest")) ?? Commit(At(git, "digest")),
            Text(At(metadata, "invocationId")) ?? Text(At(metadata, "invocationID")), Time(At(metadata, "startedOn")), Time(At(metadata, "finishedOn")), Bases(materials));
    }

    private static List<BuildImage> Bases(JsonElement? materials) =>
        [.. Items(materials).Select(Base).OfType<BuildImage>().Where(image => !BuilderImages.Contains(image.Name.Split(':')[0])).Distinct().Take(MaxBases)];

    private static BuildImage? Base(JsonElement material)
    {
        if (At(material, "uri") is not { ValueKind: JsonValueKind.String } uri || !ParsedPackageUrl.TryParse(uri.GetString(), out var purl) || purl.Type is not ("docker" or "oci"))
        {
            return null;
        }

        var named = Images.Digest.TryParse(purl.Qualifiers.GetValueOrDefault("digest"), out var asked) || Images.Digest.TryParse(purl.Version, out asked) ? asked.Value : null;
        var digest = At(At(material, "digest"), "sha256") is { ValueKind: JsonValueKind.String } hex && Images.Digest.TryParse($"sha256:{hex.GetString()}", out var told) ? told.Value : named;
        var tag = purl.Qualifiers.GetValueOrDefault("tag") ?? (Images.Digest.TryParse(purl.Version, out _) ? null : purl.Version);
        return new BuildImage(DisplayText.Sanitise(Repository(purl) + (tag is null ? "" : $":{tag}"), MaxText), digest);
    }

    // The short names of Docker Hub, written out (distribution/reference, "ParseNormalizedNamed").
    private static string Repository(ParsedPackageUrl purl)
    {
        if (purl.Qualifiers.GetValueOrDefault("repository_url") is { Length: > 0 } address)
        {
            // purl-spec, oci: it holds the name; of docker it is the registry alone.
            var place = address.Replace("https://", "", StringComparison.OrdinalIgnoreCase).TrimEnd('/');
            return purl.Type == "oci" || place.EndsWith($"/{purl.Name}", StringComparison.Ordinal) ? place : string.Join('/', new[] { place, purl.Namespace, purl.Name }.Where(part => !string.IsNullOrEmpty(part)));
        }

        var first = purl.Namespace?.Split('/')[0];
        return first is null ? $"docker.io/library/{purl.Name}"
            : first == "localhost" || first.AsSpan().ContainsAny('.', ':') ? $"{purl.Namespace}/{purl.Name}" : $"docker.io/{purl.Namespace}/{purl.Name}";
    }

    // What a source's address has beside the place may be a secret.
    private static string? Address(JsonElement? value)
    {
        if (Text(value) is not { Length: > 0 } text)
        {
            return null;
        }

        text = text.StartsWith("git+", StringComparison.Ordinal) ? text[4..] : text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http" or "ssh" or "git"))
        {
            return null;
        }

        var path = address.AbsolutePath.Split('@')[0];
        return $"{address.Scheme}://{(address.IsDefaultPort ? address.Host : address.Authority)}{(path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path.TrimEnd('/'))}";
    }

    private static string? Commit(JsonElement? digest) => Text(At(digest, "gitCommit")) ?? Text(At(digest, "sha1"));

    private static IEnumerable<JsonElement> Items(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().Take(MaxMaterials) : [];

    private static JsonElement? At(JsonElement? item, string name) => item is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } read ? DisplayText.Sanitise(read, MaxText) : null;

    private static DateTime? Time(JsonElement? value) => AttestationTime.Read(Text(value));
}
