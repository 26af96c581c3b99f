using System.Collections.Concurrent;
using ScoutDashboard.Advisories.Scores;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Rates a CVSS vector of an advisory; null for text that is none.</summary>
public static class CvssRating
{
    private const int MaxLength = 500;

    // Hundreds of thousands of advisories share some hundred vectors; a feed that has more does not fill the memory.
    private const int MostKept = 4096;

    private static readonly ConcurrentDictionary<string, Scored?> Kept = new(StringComparer.Ordinal);

    /// <param name="vector">As written.</param>
    /// <param name="advisoryId">Whose it is, named as the source.</param>
    public static RatedSeverity? Of(string vector, string advisoryId) => vector.Length <= MaxLength && ScoredOf(vector) is { } scored
        ? new RatedSeverity(scored.Score.Level, scored.Score.Value, scored.Shown, DisplayText.Sanitise($"CVSS:{scored.Score.Version} of {advisoryId}", 200))
        : null;

    private static Scored? ScoredOf(string vector)
    {
        if (Kept.TryGetValue(vector, out var known))
        {
            return known;
        }

        var scored = Cvss.TryScore(vector, out var score) ? new Scored(score, DisplayText.Sanitise(vector.Trim(), MaxLength)) : null;
        if (Kept.Count < MostKept)
        {
            Kept[vector] = scored;
        }

        return scored;
    }

    private sealed record Scored(CvssScore Score, string Shown);
}
