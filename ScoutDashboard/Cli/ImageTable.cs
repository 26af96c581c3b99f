using System.Globalization;
using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Cli;

/// <summary>Writes an analysed image for a person at a terminal: what it is, what was not read, and its packages, one a line.</summary>
internal static class ImageTable
{
    // A longer text takes its space; it does not move the other lines.
    private const int MaxColumn = 40;

    // Not the same as none.
    private const string Unknown = "–";

    public static async Task WriteAsync(ImageLocation location, StandaloneImage image, StandaloneFindings? findings, Stream destination, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await text.WriteLineAsync(Head(location, image).AsMemory(), cancellationToken);
        foreach (var gap in image.Gaps)
        {
            await text.WriteLineAsync($"  {gap.Kind}: {(gap.Path.Length == 0 ? "" : $"{Shown(gap.Path)}: ")}{Shown(gap.Reason)}".AsMemory(), cancellationToken);
        }

        var sorted = image.Components.OrderBy(component => component.Identity.Type, StringComparer.Ordinal).ThenBy(component => component.Identity.Name, StringComparer.Ordinal);
        var rows = sorted.Select(component => new[]
        {
            Shown(component.Identity.Name), Shown(component.Identity.Version), component.Identity.Type, component.Places[0].Layer.ToString(CultureInfo.InvariantCulture),
            Shown(component.Places[0].Path) + (component.Places.Count == 1 ? "" : $" (and {component.Places.Count - 1} more)") + Remark(component),
        }).ToList();
        await WriteAsync(text, ["PACKAGE", "VERSION", "TYPE", "LAYER", "PATH"], rows, cancellationToken);
        if (findings is not null)
        {
            await WriteAsync(text, ["SEVERITY", "VULNERABILITY", "PACKAGE", "VERSION", "FIXED IN", "EXPLOITED", "EPSS"], Vulnerabilities(image, findings, new ExploitLookup(findings.KnownExploits, findings.Forecasts)), cancellationToken);
            var credits = string.Join(", ", Credits.Of(findings).Select(database => database.Credit));
            await text.WriteAsync((credits.Length == 0 ? "" : $"{Environment.NewLine}Sources: {credits}{Environment.NewLine}").AsMemory(), cancellationToken);
        }
    }

    private static async Task WriteAsync(StreamWriter text, string[] head, List<string[]> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await text.WriteLineAsync();
        rows.Insert(0, head);
        int[] widths = [.. Enumerable.Range(0, head.Length - 1).Select(column => Math.Min(MaxColumn, rows.Max(row => row[column].Length)))];
        foreach (var row in rows)
        {
            await text.WriteLineAsync(string.Join("  ", row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)).AsMemory(), cancellationToken);
        }
    }

    private static string Remark(StandaloneComponent component) => component.ListedOnly switch
    {
        ListedOnly.Declared => " (declared)",
        ListedOnly.Application => " (the application)",
        _ when component.Identity.StandIn is { } standIn => $" ({Shown(standIn.DisplayName)} takes its place)",
        _ => component.PartOf is { } tool ? $" (part of {Shown(tool)})" : "",
    };

    // The most urgent first, as the dashboard sorts them: known exploited, then EPSS, then severity.
    private static List<string[]> Vulnerabilities(StandaloneImage image, StandaloneFindings findings, ExploitLookup exploits) =>
    [
        .. from component in image.Components
           let identity = component.Identity
           from found in findings.ByPurl.GetValueOrDefault(identity.Purl) ?? []
           let facts = exploits.Of(found.Id, found.OtherCves)
           orderby facts.IsListed == true descending, facts.Percentile ?? -1 descending, found.Severity.Level descending, found.Id, identity.Name
           select new[]
           {
               found.Verdict == Verdict.Undecided ? "Undecided" : found.Severity.Level.ToString(), Shown(found.Id), Shown(identity.Name), Shown(identity.Version),
               Shown(found.FixedVersion ?? (found.FixState == FixState.NoFix ? "no fix" : "")),
               facts.IsListed switch { true => $"known{As(facts.ListedAs)}", false => "not listed", null => Unknown },
               facts.Probability is { } probability ? $"{PercentText.Of(probability)}{As(facts.ScoredAs)}" : Unknown,
           },
    ];

    private static string As(string? cve) => cve is null ? "" : $" ({Shown(cve)})";

    private static string Head(ImageLocation location, StandaloneImage image)
    {
        var installed = image.Components.Where(component => component.ListedOnly is null).ToList();
        var declared = image.Components.Count(component => component.ListedOnly == ListedOnly.Declared);
        var types = installed.GroupBy(component => component.Identity.Type).OrderByDescending(type => type.Count()).Select(type => $"{type.Count()} {type.Key}");
        (string Name, string Text)[] declaring = declared == 0 ? [] : [("Declared", $"{declared}; named in a lock file, not found installed: not matched")];
        (string Name, string Text)[] lines =
        [
            ("Image", Shown(location.Tag is null ? location.Name : $"{location.Name}:{location.Tag}")),
            (image.Digest is null ? "Image ID" : "Digest", image.Digest ?? image.ConfigDigest),
            ("Platform", Shown(image.Platform.ToString())),
            ("Distribution", image.Distribution is { } distribution ? Shown(distribution.DisplayName) : "not known"),
            ("Layers", $"{image.Layers.Count}, {ByteText.Of(image.Size)}"),
            ("Packages", installed.Count == 0 ? "0" : $"{installed.Count} ({string.Join(", ", types)})"),
            .. declaring,
            ("Gaps", image.Gaps.Count == 0 ? "0" : $"{image.Gaps.Count}; this was not read or not understood:"),
        ];
        return string.Join(Environment.NewLine, lines.Select(line => $"{line.Name,-14}{line.Text}"));
    }

    private static string Shown(string text) => DisplayText.Sanitise(text, 300);
}
