using System.Text.Json;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>An image's configuration (OCI image-spec, config.md) without the values of environment variables: they are not even read into it.</summary>
public sealed record ImageConfig(Platform Platform, DateTime? CreatedAt, ImageSettings Settings, IReadOnlyList<HistoryStep> History)
{
    private const int MaxText = 2048;
    private static readonly string[] Lists = ["Env", "Entrypoint", "Cmd", "ExposedPorts", "Labels"];

    /// <summary>Whether one of its lists has more entries than are kept.</summary>
    public bool IsCut { get; init; }

    /// <summary>Throws <see cref="InvalidDataException"/> for what is no configuration or is over a limit.</summary>
    public static ImageConfig Parse(ReadOnlyMemory<byte> json, AnalysisLimits limits)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var config = Member(root, "config");
            var names = Texts(config, "Env", limits).Select(entry => entry.Split('=', 2)[0]).Where(name => name.Length > 0).ToList();
            return new ImageConfig(
                new Platform(Text(root, "os") ?? "", Text(root, "architecture") ?? "", Text(root, "variant"), Text(root, "os.version")),
                Time(root), ReadSettings(config, names, limits), Steps(root, names, limits))
            {
                IsCut = Lists.Any(list => Count(Member(config, list)) > limits.ConfigItems),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The image's configuration is not valid.", exception);
        }
    }

    private static ImageSettings ReadSettings(JsonElement? config, List<string> names, AnalysisLimits limits)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in Member(config, "Labels") is { ValueKind: JsonValueKind.Object } named ? named.EnumerateObject().Take(limits.ConfigItems) : [])
        {
            labels[Shown(label.Name)] = label.Value.ValueKind == JsonValueKind.String ? Shown(label.Value.GetString()) : "";
        }

        string[] ports = Member(config, "ExposedPorts") is { ValueKind: JsonValueKind.Object } exposed ? [.. exposed.EnumerateObject().Take(limits.ConfigItems).Select(port => Shown(port.Name))] : [];
        return new ImageSettings(
            Text(config, "User"), [.. Texts(config, "Entrypoint", limits).Select(Shown)], [.. Texts(config, "Cmd", limits).Select(Shown)], Text(config, "WorkingDir"),
            [.. names.Select(Shown)], ports, labels);
    }

    private static List<HistoryStep> Steps(JsonElement root, List<string> names, AnalysisLimits limits)
    {
        var steps = new List<HistoryStep>();
        if (Member(root, "history") is not { ValueKind: JsonValueKind.Array } history)
        {
            return steps;
        }

        if (history.GetArrayLength() > limits.HistoryEntries)
        {
            throw new InvalidDataException($"The image's history has more than {limits.HistoryEntries} entries.");
        }

        foreach (var entry in history.EnumerateArray())
        {
            var isEmpty = Member(entry, "empty_layer") is { ValueKind: JsonValueKind.True };
            steps.Add(new HistoryStep(InstructionText.Clean(Member(entry, "created_by") is { ValueKind: JsonValueKind.String } by ? by.GetString()! : "", names), Time(entry), isEmpty));
        }

        return steps;
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } item && item.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? Shown(text) : null;

    private static IEnumerable<string> Texts(JsonElement? parent, string name, AnalysisLimits limits) => Member(parent, name) is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Take(limits.ConfigItems) : [];

    private static int Count(JsonElement? list) => list switch
    {
        { ValueKind: JsonValueKind.Array } items => items.GetArrayLength(),
        { ValueKind: JsonValueKind.Object } members => members.GetPropertyCount(),
        _ => 0,
    };

    private static DateTime? Time(JsonElement parent) =>
        Member(parent, "created") is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var time) ? time.UtcDateTime : null;

    private static string Shown(string? text) => DisplayText.Sanitise(text, MaxText);
}

/// <summary>One step of an image's history.</summary>
/// <param name="Instruction">The instruction, cleaned; see <see cref="InstructionText"/>.</param>
/// <param name="IsEmpty">Whether it made no layer.</param>
public sealed record HistoryStep(string Instruction, DateTime? CreatedAt, bool IsEmpty);
