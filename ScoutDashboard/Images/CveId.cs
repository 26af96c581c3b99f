namespace ScoutDashboard.Images;

/// <summary>The syntax of CVE ids (CVE Program, "CVE ID syntax").</summary>
public static class CveId
{
    private const int MaxLength = 24;

    /// <summary>Whether the text is <c>CVE-</c>, four digits of a year, a dash, and four digits or more.</summary>
    public static bool IsValid(string? text) => text is { Length: >= 13 and <= MaxLength } && text.StartsWith("CVE-", StringComparison.Ordinal) && text[8] == '-'
        && !text.AsSpan(4, 4).ContainsAnyExceptInRange('0', '9') && !text.AsSpan(9).ContainsAnyExceptInRange('0', '9');
}
