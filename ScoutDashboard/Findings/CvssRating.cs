namespace ScoutDashboard.Findings;

/// <summary>Rates a CVSS vector.</summary>
internal static class CvssRating
{
    public static RatedSeverity? Of(string vector, string advisoryId) => null;
}
