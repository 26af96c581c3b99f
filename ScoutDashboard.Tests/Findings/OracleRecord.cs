using System.Text.Json;

namespace ScoutDashboard.Tests.Findings;

/// <summary>A record as its JSON has it (OSV schema), read by nothing of the product's: a member of the wrong shape is none, as real feeds need it.</summary>
internal sealed record OracleRecord(string Id, bool IsWithdrawn, IReadOnlyList<OracleEntry> Entries)
{
    public static OracleRecord Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new OracleRecord(root.GetProperty("id").GetString()!, Text(root, "withdrawn") is not null, [.. Items(root, "affected").Select(Entry).OfType<OracleEntry>()]);
    }

    private static OracleEntry? Entry(JsonElement entry) =>
        entry.TryGetProperty("package", out var package) && Text(package, "ecosystem") is { } ecosystem && Text(package, "name") is { } name
            ? new OracleEntry(
                ecosystem, name, [.. Items(entry, "versions").Select(version => version.GetString()!)],
                [.. Items(entry, "ranges").Select(range => new OracleRange(Text(range, "type") ?? "", [.. Items(range, "events").SelectMany(Events)]))])
            {
                IsEndKnown = entry.TryGetProperty("database_specific", out var own) && Text(own, "last_known_affected_version_range") is not null,
            }
            : null;

    private static IEnumerable<OracleEvent> Events(JsonElement boundary) =>
        boundary.EnumerateObject().Where(member => OracleEvent.Kinds.Contains(member.Name)).Select(member => new OracleEvent(member.Name, member.Value.GetString()!));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<JsonElement> Items(JsonElement element, string name) => element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
}

/// <summary>An item of <c>affected</c>.</summary>
internal sealed record OracleEntry(string Ecosystem, string Name, IReadOnlyList<string> Versions, IReadOnlyList<OracleRange> Ranges)
{
    /// <summary>Whether it names the last versions known to be affected besides its ranges, as GitHub does.</summary>
    public bool IsEndKnown { get; init; }
}

/// <summary>An item of <c>ranges</c>.</summary>
internal sealed record OracleRange(string Type, IReadOnlyList<OracleEvent> Events);

/// <param name="Kind">The member's name: one of <see cref="Kinds"/>.</param>
internal sealed record OracleEvent(string Kind, string Version)
{
    public const string Introduced = "introduced";
    public const string Fixed = "fixed";
    public const string LastAffected = "last_affected";
    public const string Limit = "limit";

    /// <summary>In the order in which they are walked where their versions are equal.</summary>
    public static readonly string[] Kinds = [Introduced, Fixed, LastAffected, Limit];

    /// <summary>Below every version, and no version itself.</summary>
    public bool IsStart => Kind == Introduced && Version == "0";
}
