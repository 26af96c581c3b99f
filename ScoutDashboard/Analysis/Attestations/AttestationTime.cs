using System.Globalization;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Reads times that others wrote (RFC 3339).</summary>
internal static class AttestationTime
{
    /// <summary>UTC; null for what is no time, or none that a build could have.</summary>
    public static DateTime? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year is >= 1970 and < 2200 ? time.UtcDateTime : null;
}
