using System.Text.Json;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>One attestation as its blob tells it; no signature is verified.</summary>
/// <param name="Format">E.g. <c>SPDX 2.3</c>; of what is not read the predicate's type.</param>
/// <param name="Subjects">What it says it is about; null for a bare bill of materials, which does not say.</param>
public sealed record AttestationDocument(AttestationKind Kind, string Format, IReadOnlyList<Digest>? Subjects, SbomDocument? Sbom, BuildProvenance? Provenance)
{
    private static readonly (string Prefix, AttestationForm Form)[] Forms =
    [
        ("application/spdx+json", AttestationForm.Spdx),
        ("text/spdx+json", AttestationForm.Spdx),
        ("application/vnd.cyclonedx+json", AttestationForm.CycloneDx),
        ("application/vnd.in-toto+json", AttestationForm.Statement),
        ("application/vnd.dsse.envelope.v1+json", AttestationForm.Envelope),
        ("application/vnd.dev.sigstore.bundle", AttestationForm.Envelope),
    ];

    /// <summary>Whether blobs of this media type are read.</summary>
    public static bool IsReadable(string mediaType) => FormOf(mediaType) is not null;

    /// <summary>
    /// Reads a blob of a readable media type; null for a Sigstore bundle that holds a signature and no attestation. Throws
    /// <see cref="InvalidDataException"/> for what can't be read, <see cref="FormatLimitException"/> for what is over a limit and <see cref="NotSupportedException"/>
    /// for versions that aren't.
    /// </summary>
    public static AttestationDocument? Read(ReadOnlyMemory<byte> content, string mediaType, AnalysisLimits limits)
    {
        try
        {
            return FormOf(mediaType) switch
            {
                AttestationForm.Spdx => Of(SpdxReader.Read(content.Span, limits), subjects: null),
                AttestationForm.CycloneDx => Of(CycloneDxReader.Read(content.Span, limits), subjects: null),
                // Cosign gives its envelopes the statement's type (in-toto attestation spec, "Envelope").
                AttestationForm.Statement => IsEnvelope(content.Span, limits) ? Read(Statement.ReadEnvelope(content.Span, limits.Formats.JsonDepth), limits) : Read(Statement.Read(content, limits.Formats.JsonDepth), limits),
                AttestationForm.Envelope => Read(Statement.ReadEnvelope(content.Span, limits.Formats.JsonDepth), limits),
                _ => throw new NotSupportedException($"{DisplayText.Sanitise(mediaType, 100)} is not read."),
            };
        }
        catch (JsonException) when (JsonDocuments.IsTooDeep(content.Span, limits.Formats))
        {
            throw JsonDocuments.TooDeep(limits.Formats);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("It is no valid JSON of its kind.", exception);
        }
    }

    private static AttestationDocument? Read(Statement? statement, AnalysisLimits limits) => statement?.PredicateType switch
    {
        null => null,
        var type when type.StartsWith("https://spdx.dev/Document", StringComparison.Ordinal) => Of(SpdxReader.Read(statement.Predicate.Span, limits), statement.Subjects),
        var type when type.StartsWith("https://cyclonedx.org/bom", StringComparison.Ordinal) => Of(CycloneDxReader.Read(statement.Predicate.Span, limits), statement.Subjects),
        "https://slsa.dev/provenance/v0.2" or "https://slsa.dev/provenance/v1" => statement.Predicate.Length > limits.ProvenanceBytes
            ? throw new FormatLimitException($"The provenance has {statement.Predicate.Length} bytes; at most {limits.ProvenanceBytes} are read.")
            : new AttestationDocument(AttestationKind.Provenance, $"SLSA provenance {statement.PredicateType.Split('/')[^1]}", statement.Subjects, null, ProvenanceReader.Read(statement.Predicate, limits.Formats.JsonDepth)),
        var type => new AttestationDocument(AttestationKind.Other, DisplayText.Sanitise(type, 200), statement.Subjects, null, null),
    };

    private static AttestationDocument Of(SbomDocument sbom, IReadOnlyList<Digest>? subjects) => new(AttestationKind.Sbom, sbom.Format, subjects, sbom, null);

    private static AttestationForm? FormOf(string mediaType) => Forms.FirstOrDefault(known => mediaType.StartsWith(known.Prefix, StringComparison.OrdinalIgnoreCase)) is { Prefix: not null } found ? found.Form : null;

    private static bool IsEnvelope(ReadOnlySpan<byte> json, AnalysisLimits limits)
    {
        var reader = ForwardJson.Open(json, limits.Formats.JsonDepth);
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("payloadType"u8) || reader.ValueTextEquals("dsseEnvelope"u8))
            {
                return true;
            }

            ForwardJson.SkipField(ref reader);
        }

        return false;
    }

    private enum AttestationForm { Spdx, CycloneDx, Statement, Envelope }
}
