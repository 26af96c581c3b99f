using System.Text.Json;
using System.Text.RegularExpressions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>What Azure says of an error: <c>{"error":{"code","message","details":[…]}}</c>. Of nested ones the innermost, which is the reason of the others.</summary>
public sealed partial record ArmFault(string Code, string Message)
{
    private const int Deepest = 8;
    private const int Longest = 1000;

    private static readonly ArmFault None = new("", "");

    /// <param name="body">The whole body, or the error itself.</param>
    public static ArmFault Read(JsonElement body)
    {
        var error = body.Member("error") is { ValueKind: JsonValueKind.Object } inner ? inner : body;
        for (var depth = 0; depth < Deepest && error.Member("details") is { ValueKind: JsonValueKind.Array } details && details.GetArrayLength() > 0 && details[0].Text("code").Length > 0; depth++)
        {
            error = details[0];
        }

        return error.ValueKind == JsonValueKind.Object ? new ArmFault(DisplayText.Sanitise(error.Text("code"), 100), Shown(error.Text("message"))) : None;
    }

    // Event Grid repeats the webhook's address, whose path is its key.
    private static string Shown(string message) => DisplayText.Sanitise(Address().Replace(message, found => IsDocumentation(found) ? found.Value : $"{found.Groups["scheme"].Value}{found.Groups["host"].Value}/…"), Longest);

    private static bool IsDocumentation(Match address) => address.Groups["host"].Value is "aka.ms" or "learn.microsoft.com" or "docs.microsoft.com" or "go.microsoft.com";

    [GeneratedRegex("""(?<scheme>https?://)(?:[^\s/'"<>@]*@)?(?<host>[^\s/'"<>?#:@]+)(?::[0-9]+)?[/?#][^\s'"<>]*""", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
