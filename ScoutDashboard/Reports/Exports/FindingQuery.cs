using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>What a download of findings is narrowed to, as the address tells it.</summary>
internal sealed record FindingQuery(SeverityLevel? Severity, bool? Fixable, bool? Exploited, bool? Accepted, FindingSort? Sort, string? Type, string? Search, int? Layer)
{
    public FindingFilter Filter => new(Severity, Fixable == true, Type, Search, Layer) { Exploited = Exploited == true, Accepted = Accepted, Sort = Sort ?? FindingSort.Risk };
}
