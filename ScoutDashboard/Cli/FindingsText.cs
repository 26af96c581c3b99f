using System.Globalization;
using System.Text;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Cli;

/// <summary>Writes an image's findings for a person at a terminal, as <c>docker scout cves</c> lays them out: by package, the worst first.</summary>
internal static class FindingsText
{
    public static async Task WriteAsync(ImageView image, IAsyncEnumerable<FindingRow> rows, Stream destination, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var all = await rows.ToListAsync(cancellationToken);
        var packages = all.GroupBy(row => row.Purl).OrderByDescending(package => package.Where(IsOpen).Select(row => (int)row.Severity).DefaultIfEmpty(-1).Max()).ThenBy(package => package.Key, StringComparer.Ordinal).ToList();
        var exceptions = all.Select(row => row.Exceptions.Applied?.Id).OfType<long>().Distinct().Count();
        if (exceptions > 0)
        {
            await text.WriteLineAsync($"    ✓ {exceptions} {(exceptions == 1 ? "exception" : "exceptions")} obtained");
        }

        var open = all.Where(IsOpen).ToList();
        await text.WriteLineAsync(open.Count == 0 ? "    ✓ No vulnerable package detected"
            : $"    ✗ Detected {Number(open.Select(row => row.Purl).Distinct().Count())} vulnerable packages with a total of {Number(open.Select(row => row.VulnerabilityId).Distinct().Count())} vulnerabilities");
        await text.WriteLineAsync();
        await text.WriteLineAsync("## Overview");
        await WriteFactAsync(text, "Target", $"{image.Registry}/{image.Repository}{(image.Tags is [var tag, ..] ? $":{tag}" : "")}");
        await WriteFactAsync(text, "  digest", Digest.TryParse(image.Image.Digest, out var digest) ? digest.Short : "–");
        await WriteFactAsync(text, "  platform", image.Image.Platform ?? "–");
        await WriteFactAsync(text, "  vulnerabilities", $"{image.Image.Counts}{(image.Image.Accepted > 0 ? $", {Number(image.Image.Accepted)} accepted" : "")}");
        await WriteFactAsync(text, "  packages", Number(image.Packages));
        if (image.Image.Unmatched.Length > 0)
        {
            await WriteFactAsync(text, "  not checked", image.Image.Unmatched);
        }

        foreach (var package in packages)
        {
            await WriteAsync(text, [.. package]);
        }
    }

    private static async Task WriteAsync(StreamWriter text, List<FindingRow> package)
    {
        await text.WriteLineAsync();
        await text.WriteLineAsync($"  {SeverityCounts.Of(package.Where(IsOpen).Select(row => row.Severity))}  {Shown(package[0].Package)} {Shown(package[0].Version)}");
        await text.WriteLineAsync(Shown(package[0].Purl));
        foreach (var row in package.OrderBy(row => row.Exceptions.Applied is not null).ThenByDescending(row => row.Severity).ThenBy(row => row.VulnerabilityId, StringComparer.Ordinal))
        {
            var undecided = row.Verdict == Data.Verdict.Undecided ? " UNDECIDED" : "";
            await text.WriteLineAsync($"    ✗ {row.Severity.ToString().ToUpperInvariant()} {Shown(row.VulnerabilityId)}{undecided}{(row.Exceptions.Applied is null ? "" : " SUPPRESSED")}");
            await text.WriteLineAsync($"      Fixed version  : {Shown(row.FixedVersion ?? "not fixed")}");
            if (row.Exceptions.Applied is { } rule)
            {
                var end = rule.ExpiresAt is { } at ? $"until {ExceptionWords.LastDay(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "does not expire";
                await text.WriteLineAsync($"      Exception      : {Shown($"{ExceptionWords.Type(rule)}, {ExceptionWords.Where(rule)}, by {rule.CreatedBy}, {end}: {rule.Details}")}");
            }

            foreach (var missed in row.Exceptions.Missed.Take(3))
            {
                await text.WriteLineAsync($"      Does not apply : {Shown($"{ExceptionWords.Type(missed.Rule)} by {missed.Rule.CreatedBy}: {ExceptionWords.Miss(missed)}")}");
            }
        }
    }

    private static Task WriteFactAsync(StreamWriter text, string name, string value) => text.WriteLineAsync($"  {name,-17} │ {Shown(value)}");

    private static bool IsOpen(FindingRow row) => row.Verdict == Data.Verdict.Affected && row.Exceptions.Applied is null;

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Shown(string text) => DisplayText.Sanitise(text, 1500);
}
