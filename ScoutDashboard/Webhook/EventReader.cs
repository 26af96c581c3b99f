using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Webhook;

/// <summary>Reads a request's body: Event Grid schema or CloudEvents 1.0, one event or a batch. Every field may be missing or of a wrong type.</summary>
public static class EventReader
{
    private const int MaxDepth = 32;
    private const int MaxIdLength = 200;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    public static BodyForm Read(ReadOnlyMemory<byte> body, out EventBody content)
    {
        content = new EventBody([], null);
        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(body), Options);
            var root = document.RootElement;
            IReadOnlyList<JsonElement> elements = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Take(WebhookOptions.MaxEvents + 1)] : [root];
            if (elements.Count > WebhookOptions.MaxEvents)
            {
                return BodyForm.TooManyEvents;
            }

            if (elements.Any(element => element.ValueKind != JsonValueKind.Object))
            {
                return BodyForm.Malformed;
            }

            return Read(elements, out content);
        }
        catch (JsonException)
        {
            return BodyForm.Malformed;
        }
    }

    private static BodyForm Read(IReadOnlyList<JsonElement> elements, out EventBody content)
    {
        var events = elements.Select(ReadEvent).ToList();
        var validation = elements.FirstOrDefault(element => IsType(TypeOf(element), "Microsoft.EventGrid.", "SubscriptionValidationEvent"));
        if (validation.ValueKind != JsonValueKind.Object)
        {
            content = new EventBody(events, null);
            return BodyForm.Events;
        }

        var code = Text(Member(validation, "data"), "validationCode");
        content = new EventBody(events, code);
        return code is null ? BodyForm.Malformed : BodyForm.Events;
    }

    private static DeliveredEvent ReadEvent(JsonElement element)
    {
        var data = Member(element, "data");
        var target = Member(data, "target");
        var kind = KindOf(TypeOf(element), Text(data, "action"));
        var (subjectRepository, subjectTag) = ReadSubject(Text(element, "subject"));
        var repository = Text(target, "repository") ?? subjectRepository;
        var tag = Text(target, "tag") ?? subjectTag;
        return new DeliveredEvent(
            IdOf(element), kind, IsRepositoryName(repository) ? repository : null, IsTag(tag) ? tag : null,
            Digest.TryParse(Text(target, "digest"), out var digest) ? digest : null,
            Time(data, "timestamp") ?? Time(element, "eventTime") ?? Time(element, "time"));
    }

    private static RegistryEventKind KindOf(string? type, string? action) =>
        IsType(type, "Microsoft.ContainerRegistry.", "ImagePushed") || (type is null && action == "push") ? RegistryEventKind.ImagePushed
        : IsType(type, "Microsoft.ContainerRegistry.", "ImageDeleted") || (type is null && action == "delete") ? RegistryEventKind.ImageDeleted
        : IsType(type, "Microsoft.EventGrid.", "SubscriptionDeletedEvent") ? RegistryEventKind.SubscriptionDeleted
        : RegistryEventKind.Other;

    // Event Grid schema calls it eventType, CloudEvents type. Older documents show types without their prefix.
    private static string? TypeOf(JsonElement element) => Text(element, "eventType") ?? Text(element, "type");

    private static bool IsType(string? type, string prefix, string name) =>
        string.Equals(type, name, StringComparison.OrdinalIgnoreCase) || string.Equals(type, prefix + name, StringComparison.OrdinalIgnoreCase);

    // Ids are looked up in lists, which databases read as JSON, and some end a text at its first null.
    private static string IdOf(JsonElement element)
    {
        var id = Text(element, "id");
        return id is { Length: > 0 and <= MaxIdLength } && !id.Any(char.IsControl) ? id
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(element.GetRawText())));
    }

    // "samples/nginx:latest", or "samples/nginx" for a deletion.
    private static (string? Repository, string? Tag) ReadSubject(string? subject)
    {
        if (subject is null || subject.Contains('@', StringComparison.Ordinal))
        {
            return (subject?.Split('@')[0], null);
        }

        var colon = subject.LastIndexOf(':');
        return colon < 0 ? (subject, null) : (subject[..colon], subject[(colon + 1)..]);
    }

    // OCI distribution-spec, "pulling manifests": names and tags.
    private static bool IsRepositoryName(string? name) => name is { Length: > 0 and <= 255 }
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '/')
        && name.Split('/').All(part => part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1]));

    private static bool IsTag(string? tag) => tag is { Length: > 0 and <= 128 }
        && (char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_') && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static DateTime? Time(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year >= 2000 ? time.UtcDateTime : null;

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        try
        {
            return member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half a surrogate pair, or bytes that are no UTF-8: no text.
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}

/// <summary>What a body turned out to be.</summary>
public enum BodyForm { Events, Malformed, TooManyEvents }

/// <summary>The events of one request, and the code to send back where it is the handshake.</summary>
public sealed record EventBody(IReadOnlyList<DeliveredEvent> Events, string? ValidationCode);

/// <summary>One event, as far as it could be read.</summary>
/// <param name="Id">The sender's id, or a hash of the event.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record DeliveredEvent(string Id, RegistryEventKind Kind, string? Repository, string? Tag, Digest? Digest, DateTime? OccurredAt);
