using System.Buffers.Text;
using System.Text.Json;

namespace ScoutDashboard.Images;

/// <summary>The claims of a token that looks like a JWT (RFC 7519). Nothing is verified: they tell when to ask again and what to show, and decide nothing.</summary>
public static class JwtPayload
{
    private const int Longest = 256 * 1024;

    /// <summary>An object, or null where it is none: tokens are opaque, and that one looks like a JWT may be chance.</summary>
    public static JsonElement? TryRead(string token)
    {
        if (token.Length > Longest || token.Split('.') is not [_, { Length: > 0 } payload, _] || !Base64Url.IsValid(payload))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload), new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>When the token ends (<c>exp</c>); null where it does not tell.</summary>
    public static DateTimeOffset? EndOf(string token) =>
        TryRead(token) is { } claims && claims.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.TryGetInt64(out var at) && at is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(at) : null;
}
