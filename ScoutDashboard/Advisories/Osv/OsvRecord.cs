namespace ScoutDashboard.Advisories.Osv;

/// <summary>An advisory in the Open Source Vulnerability format (OSV schema 1.7), as far as matching and pages need it; lists are never null.</summary>
/// <param name="Summary">One line; where the record has none, its details, which begin with one.</param>
/// <param name="Upstream">Ids that this one only repeats for a distribution.</param>
/// <param name="DatabaseSeverity"><c>database_specific.severity</c>, a word such as MODERATE; of an rpm distribution's notice the word before its summary.</param>
public sealed record OsvRecord(
    string Id, DateTime Modified, DateTime? Published, DateTime? Withdrawn, IReadOnlyList<string> Aliases, IReadOnlyList<string> Upstream,
    IReadOnlyList<string> Related, string Summary, IReadOnlyList<OsvSeverity> Severity, IReadOnlyList<OsvAffected> Affected, string? DatabaseSeverity)
{
    /// <summary>Module streams that a notice of an rpm distribution is about, <c>nodejs:18</c>; they stand in its summary only.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];
}

/// <param name="Type">CVSS_V2, CVSS_V3, CVSS_V4, or a source's own word such as Ubuntu.</param>
/// <param name="Score">A vector, or that source's word.</param>
public sealed record OsvSeverity(string Type, string Score);

/// <param name="Name">As written, not normalised.</param>
/// <param name="Urgency">The distribution's word: <c>urgency</c> or <c>severity</c> of ecosystem_specific or database_specific.</param>
public sealed record OsvAffected(
    string Ecosystem, string Name, IReadOnlyList<OsvRange> Ranges, IReadOnlyList<string> Versions, IReadOnlyList<OsvSeverity> Severity, string? Urgency)
{
    /// <summary>Why nobody can say whether the versions in its ranges are affected; one sentence for a person. Only in records that a feed of ours makes.</summary>
    public string? Doubt { get; init; }

    /// <summary>Of a record of Ubuntu's, the packages built from the source that are affected, as the build with the fix names them (<c>binaries</c> of its ecosystem_specific); empty where it does not tell.</summary>
    public IReadOnlyList<string> Binaries { get; init; } = [];

    /// <summary>The last versions known to be affected, <c>&lt;= 1.2.3</c>, where nobody tells a fix (<c>last_known_affected_version_range</c> of GitHub's database_specific).</summary>
    public string? LastKnown { get; init; }

    /// <summary>Why it is no vulnerability: <c>unmaintained</c>, <c>unsound</c> or <c>notice</c> of RustSec; null where it is one.</summary>
    public string? Informational { get; init; }
}

/// <param name="Type">SEMVER, ECOSYSTEM or GIT.</param>
public sealed record OsvRange(string Type, IReadOnlyList<OsvEvent> Events)
{
    /// <summary>Whether it is one of commits, which no package tells.</summary>
    public bool IsOfCommits => Type == "GIT";
}

/// <summary>One boundary of a range; the file's order means nothing.</summary>
public sealed record OsvEvent(OsvEventKind Kind, string Version);

/// <summary>The kinds of boundaries.</summary>
public enum OsvEventKind { Introduced, Fixed, LastAffected, Limit }

/// <param name="Type">ADVISORY, FIX, WEB …</param>
public sealed record OsvReference(string Type, string Url);
