using ScoutDashboard.Advisories.Scores;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Rates a CVSS vector of an advisory; null for text that is none.</summary>
internal static class CvssRating
{
    private const int MaxLength = 500;

    public static RatedSeverity? Of(string vector, string advisoryId) => vector.Length <= MaxLength && Cvss.TryScore(vector, out var score)
        ? new RatedSeverity(score.Level, score.Value, DisplayText.Sanitise(vector.Trim(), MaxLength), DisplayText.Sanitise($"CVSS:{score.Version} of {advisoryId}", 200))
        : null;
}
