namespace ScoutDashboard.Images;

/// <summary>Qualitative severity (CVSS v3.1 section 5); <see cref="Unknown"/> is "nobody has said", shown above low.</summary>
public enum SeverityLevel { None, Low, Unknown, Medium, High, Critical }

/// <summary>Numbers of vulnerabilities by severity, always told in this order: critical, high, medium, low, unknown.</summary>
public readonly record struct SeverityCounts(int Critical, int High, int Medium, int Low, int Unknown)
{
    public int Total => Critical + High + Medium + Low + Unknown;

    public static SeverityCounts operator +(SeverityCounts a, SeverityCounts b) =>
        new(a.Critical + b.Critical, a.High + b.High, a.Medium + b.Medium, a.Low + b.Low, a.Unknown + b.Unknown);

    public static SeverityCounts operator -(SeverityCounts a, SeverityCounts b) =>
        new(a.Critical - b.Critical, a.High - b.High, a.Medium - b.Medium, a.Low - b.Low, a.Unknown - b.Unknown);

    public static SeverityCounts Add(SeverityCounts left, SeverityCounts right) => left + right;

    public static SeverityCounts Subtract(SeverityCounts left, SeverityCounts right) => left - right;

    /// <summary>Counts these severities; <see cref="SeverityLevel.None"/> counts as low.</summary>
    public static SeverityCounts Of(IEnumerable<SeverityLevel> severities)
    {
        int critical = 0, high = 0, medium = 0, low = 0, unknown = 0;
        foreach (var severity in severities)
        {
            switch (severity)
            {
                case SeverityLevel.Critical: critical++; break;
                case SeverityLevel.High: high++; break;
                case SeverityLevel.Medium: medium++; break;
                case SeverityLevel.Unknown: unknown++; break;
                default: low++; break;
            }
        }

        return new SeverityCounts(critical, high, medium, low, unknown);
    }

    public override string ToString() => $"{Critical}C {High}H {Medium}M {Low}L" + (Unknown > 0 ? $" {Unknown}?" : "");
}
