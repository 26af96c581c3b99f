using System.Net;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Turns an answer without success into what it means (OCI distribution-spec "Error codes"; ACR's own texts).</summary>
internal static class ErrorReader
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <param name="response">The answer.</param>
    /// <param name="denied">What 401 and 403 mean for this call.</param>
    /// <param name="access">Who asked; null for nobody.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<RegistryException> ReadAsync(HttpResponseMessage response, RegistryError denied, RegistryAccess? access, CancellationToken cancellationToken)
    {
        var said = DisplayText.Sanitise(MessageOf(await BodyReader.ReadErrorAsync(response, cancellationToken)), 300);
        var quote = said.Length > 0 ? $" It said: {said}" : "";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when access?.Identity is null && IsDisabled(said) =>
                new RegistryException(RegistryError.TokenDisabled, $"The registry token is disabled, or its password has expired.{quote}"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new RegistryException(denied, $"{Refusal(denied, access)}{quote}"),
            HttpStatusCode.NotFound => new RegistryException(RegistryError.NotFound, $"The registry does not have it (404).{quote}"),
            HttpStatusCode.TooManyRequests => new RegistryException(RegistryError.Throttled, $"The registry limits requests (429).{quote}") { RetryAfter = RetryAfter(response) },
            HttpStatusCode.RequestTimeout => new RegistryException(RegistryError.Timeout, "The registry gave up waiting (408)."),
            >= HttpStatusCode.InternalServerError => new RegistryException(RegistryError.ServerError, $"The registry has a fault of its own ({(int)response.StatusCode}).{quote}") { RetryAfter = RetryAfter(response) },
            _ => new RegistryException(RegistryError.BadResponse, $"The registry answered {(int)response.StatusCode}, which was not expected.{quote}"),
        };
    }

    /// <summary>Retry-After as a time span, at most an hour.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - (response.Headers.Date ?? date) : null);
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
    }

    /// <summary>What a refusal means.</summary>
    public static string Refusal(RegistryError denied, RegistryAccess? access) => (denied, access?.Identity is not null) switch
    {
        (RegistryError.Unauthorized, true) => "The registry does not accept the dashboard's identity.",
        (RegistryError.CatalogDenied, true) => "The dashboard's identity may not list repositories and tags.",
        (_, true) => "The dashboard's identity may not pull this image.",
        (RegistryError.Unauthorized, _) => "The registry does not accept this token name and password.",
        (RegistryError.CatalogDenied, _) => "The token does not allow listing repositories and tags.",
        _ => "The token does not allow pulling this image.",
    };

    private static bool IsDisabled(string text) =>
        text.Contains("disabled", StringComparison.OrdinalIgnoreCase) || text.Contains("expired", StringComparison.OrdinalIgnoreCase);

    // {"errors":[{"code":"UNAUTHORIZED","message":"…"}]}, or any text.
    private static string MessageOf(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out var errors)
                && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 && errors[0].ValueKind == JsonValueKind.Object
                && errors[0].TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String)
            {
                return message.GetString() ?? "";
            }
        }
        catch (JsonException)
        {
            // Some answers are plain text or a proxy's page; the latter tells nothing.
            return body.TrimStart().StartsWith('<') ? "" : body.Trim();
        }

        return "";
    }
}
