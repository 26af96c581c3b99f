using System.Globalization;
using System.Text.Json;
using Azure;

namespace ScoutDashboard.Azure;

/// <summary>An answer of Azure's Resource Manager, with the headers by which a long-running operation goes on.</summary>
/// <param name="Body">Undefined where there was none.</param>
/// <param name="RetryAfter">At most an hour.</param>
public sealed record ArmAnswer(int Status, JsonElement Body, string? AsyncOperation, string? Location, TimeSpan? RetryAfter)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    internal static ArmAnswer Read(Response response, JsonElement body) => new(response.Status, body, Header(response, "Azure-AsyncOperation"), Header(response, "Location"), RetryAfterOf(response));

    // Azure tells seconds; RFC 9110 also knows a date, which is told by the answer's own clock.
    internal static TimeSpan? RetryAfterOf(Response response)
    {
        if (Header(response, "Retry-After") is not { } text)
        {
            return null;
        }

        var wait = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, (long)LongestWait.TotalSeconds))
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var date) && response.Headers.Date is { } now ? date - now : (TimeSpan?)null;
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
    }

    private static string? Header(Response response, string name) => response.Headers.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
