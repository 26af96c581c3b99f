using System.Buffers.Text;
using System.Text.Json;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>An in-toto statement (in-toto attestation spec, "Statement"): a claim and what it is about.</summary>
/// <param name="Subjects">Digests of what it is about; those of other kinds than sha256 are left out.</param>
/// <param name="Predicate">The claim, a JSON object.</param>
internal sealed record Statement(string PredicateType, IReadOnlyList<Digest> Subjects, ReadOnlyMemory<byte> Predicate)
{
    public const string PayloadType = "application/vnd.in-toto+json";
    private const int MaxSubjects = 1000;

    public static Statement Read(ReadOnlyMemory<byte> json, int maxDepth)
    {
        var reader = ForwardJson.Open(json.Span, maxDepth);
        // The reader counts from behind the byte order mark.
        var start = json.Span is [0xef, 0xbb, 0xbf, ..] ? 3 : 0;
        string? type = null, predicateType = null;
        List<Digest> subjects = [];
        ReadOnlyMemory<byte>? predicate = null;
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("_type"u8))
            {
                type = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("predicateType"u8))
            {
                predicateType = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("subject"u8))
            {
                ReadSubjects(ref reader, subjects);
            }
            else if (reader.ValueTextEquals("predicate"u8))
            {
                reader.Read();
                var from = start + (int)reader.TokenStartIndex;
                reader.Skip();
                predicate = json[from..(start + (int)reader.BytesConsumed)];
            }
            else
            {
                ForwardJson.SkipField(ref reader);
            }
        }

        return type is not ("https://in-toto.io/Statement/v0.1" or "https://in-toto.io/Statement/v1") ? throw new InvalidDataException("It is no in-toto statement.")
            : predicateType is null || predicate is null ? throw new InvalidDataException("The in-toto statement makes no claim: it has no predicate.")
            : new Statement(predicateType, subjects, predicate.Value);
    }

    /// <summary>The statement in a DSSE envelope (secure-systems-lab/dsse, envelope.md), or null where a Sigstore bundle holds a bare signature. Signatures are not verified.</summary>
    public static Statement? ReadEnvelope(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = ForwardJson.Open(json, maxDepth);
        string? payloadType = null;
        byte[]? payload = null;
        var isSignature = false;
        Envelope(ref reader, ref payloadType, ref payload, ref isSignature, isBundle: true);
        return payload is null && isSignature ? null
            : payload is null ? throw new InvalidDataException("The envelope holds no payload.")
            : payloadType != PayloadType ? throw new InvalidDataException($"The envelope's payload type is {DisplayText.Sanitise(payloadType ?? "missing", 100)}, not {PayloadType}.")
            : Read(payload, maxDepth);
    }

    private static void Envelope(ref Utf8JsonReader reader, ref string? payloadType, ref byte[]? payload, ref bool isSignature, bool isBundle)
    {
        while (ForwardJson.NextField(ref reader))
        {
            if (reader.ValueTextEquals("payloadType"u8))
            {
                payloadType = ForwardJson.Text(ref reader);
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                payload = Decode(ref reader);
            }
            else if (isBundle && reader.ValueTextEquals("dsseEnvelope"u8))
            {
                if (ForwardJson.EnterObject(ref reader))
                {
                    Envelope(ref reader, ref payloadType, ref payload, ref isSignature, isBundle: false);
                }
            }
            else
            {
                isSignature |= reader.ValueTextEquals("messageSignature"u8);
                ForwardJson.SkipField(ref reader);
            }
        }
    }

    // Both alphabets are allowed.
    private static byte[]? Decode(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        return reader.TryGetBytesFromBase64(out var bytes) ? bytes
            : !reader.ValueIsEscaped && Base64Url.IsValid(reader.ValueSpan) ? Base64Url.DecodeFromUtf8(reader.ValueSpan)
            : throw new InvalidDataException("The envelope's payload is no base64.");
    }

    private static void ReadSubjects(ref Utf8JsonReader reader, List<Digest> subjects)
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

            while (ForwardJson.NextField(ref reader))
            {
                if (!reader.ValueTextEquals("digest"u8))
                {
                    ForwardJson.SkipField(ref reader);
                    continue;
                }

                if (!ForwardJson.EnterObject(ref reader))
                {
                    continue;
                }

                while (ForwardJson.NextField(ref reader))
                {
                    var isSha256 = reader.ValueTextEquals("sha256"u8);
                    if (Digest.TryParse($"sha256:{ForwardJson.Text(ref reader)}", out var digest) && isSha256)
                    {
                        // Whether it is about the image, a subject that is not read might tell.
                        subjects.Add(subjects.Count < MaxSubjects ? digest : throw new FormatLimitException($"It names more than {MaxSubjects} subjects."));
                    }
                }
            }
        }
    }
}
