using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Rates a vulnerability: a CVSS vector of the package's entry, then of the advisory, newest CVSS first; else the source's own word; else unknown.</summary>
internal static class SeverityRating
{
    /// <summary>That of the ecosystem's own database, where it says something; else the highest of all. Of its notices on several vulnerabilities the highest, too.</summary>
    /// <param name="records">The advisories on one vulnerability, those that decide first.</param>
    /// <param name="target">The component.</param>
    public static RatedSeverity Of(IReadOnlyList<OsvRecord> records, MatchTarget target)
    {
        var rated = records.Select(record => (Record: record, Severity: Of(record, target))).Where(pair => pair.Severity is not null).ToList();
        return rated.FirstOrDefault(pair => AdvisoryRank.IsHomeOfOne(pair.Record, target.EcosystemBase)).Severity
            ?? Highest(rated.Where(pair => AdvisoryRank.IsHome(pair.Record, target.EcosystemBase))) ?? Highest(rated) ?? RatedSeverity.Unknown;

        static RatedSeverity? Highest(IEnumerable<(OsvRecord Record, RatedSeverity? Severity)> some) => some.Select(pair => pair.Severity).MaxBy(severity => (severity!.Level, severity.Score ?? 0));
    }

    /// <summary>
    /// What Debian's or Ubuntu's own team says of the vulnerability in its package, with whose word it is: it knows how the package is built and used, where a
    /// vector does not. Null where it says nothing.
    /// </summary>
    public static string? DistributionWord(IReadOnlyList<OsvRecord> records, MatchTarget target)
    {
        var (word, label) = target.EcosystemBase switch
        {
            Ecosystem.Debian => (records.SelectMany(record => RecordJudge.Entries(record, target)).Select(entry => entry.Urgency).FirstOrDefault(Level), "Debian urgency"),
            Ecosystem.Ubuntu => (records.SelectMany(record => RecordJudge.Entries(record, target).SelectMany(entry => entry.Severity).Concat(record.Severity))
                .Where(severity => severity.Type == Ecosystem.Ubuntu).Select(severity => severity.Score).FirstOrDefault(Level), "Ubuntu priority"),
            _ => (null, ""),
        };
        return word is null ? null : DisplayText.Sanitise($"{label}: {word.Trim().ToLowerInvariant()}", 60);

        static bool Level(string? word) => SeverityRating.Level(word) is not null;
    }

    private static RatedSeverity? Of(OsvRecord record, MatchTarget target)
    {
        if (record.Id.StartsWith("MAL-", StringComparison.Ordinal))
        {
            return new RatedSeverity(SeverityLevel.Critical, null, null, $"Malicious package, {record.Id}");
        }

        var entries = RecordJudge.Entries(record, target).ToList();
        return Vector(entries.SelectMany(entry => entry.Severity), record.Id) ?? Vector(record.Severity, record.Id)
            ?? entries.SelectMany(entry => entry.Severity).Concat(record.Severity).Where(s => !IsCvss(s)).Select(s => Word(s.Score, $"{s.Type} priority", record.Id)).FirstOrDefault(s => s is not null)
            ?? entries.Select(entry => Word(entry.Urgency, $"{target.EcosystemBase} urgency", record.Id)).FirstOrDefault(s => s is not null)
            ?? Word(record.DatabaseSeverity, "severity word", record.Id) ?? NoVulnerability(record, entries);
    }

    private static RatedSeverity? NoVulnerability(OsvRecord record, List<OsvAffected> entries) =>
        entries.Count > 0 && entries.TrueForAll(entry => entry.Informational is not null) ? None($"No vulnerability but a notice: {entries[0].Informational}, {record.Id}")
        : AdvisoryIds.IsUpdateOnly(record) ? None($"No vulnerability named: a bug fix or an enhancement, {record.Id}") : null;

    private static RatedSeverity None(string source) => new(SeverityLevel.None, null, null, DisplayText.Sanitise(source, 200));

    private static RatedSeverity? Vector(IEnumerable<OsvSeverity> severities, string advisoryId) => severities.Where(IsCvss)
        .OrderByDescending(severity => severity.Type, StringComparer.Ordinal) // CVSS_V4, CVSS_V3, CVSS_V2
        .ThenByDescending(severity => severity.Score.StartsWith("CVSS:3.1", StringComparison.OrdinalIgnoreCase))
        .Select(severity => CvssRating.Of(severity.Score, advisoryId))
        .FirstOrDefault(rated => rated is not null);

    private static bool IsCvss(OsvSeverity severity) => severity.Type.StartsWith("CVSS", StringComparison.Ordinal);

    private static RatedSeverity? Word(string? word, string label, string advisoryId) =>
        Level(word) is { } level ? new RatedSeverity(level, null, null, DisplayText.Sanitise($"{label} of {advisoryId}", 200)) : null;

    // Debian marks an urgency that it derived with asterisks.
    private static SeverityLevel? Level(string? word) => word?.Trim().TrimEnd('*').ToUpperInvariant() switch
    {
        "CRITICAL" => SeverityLevel.Critical,
        "HIGH" or "IMPORTANT" => SeverityLevel.High,
        "MEDIUM" or "MODERATE" => SeverityLevel.Medium,
        "LOW" or "NEGLIGIBLE" or "UNIMPORTANT" => SeverityLevel.Low,
        "NONE" => SeverityLevel.None,
        _ => null,
    };
}
