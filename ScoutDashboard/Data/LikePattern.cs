namespace ScoutDashboard.Data;

/// <summary>Patterns for SQL's LIKE from text that a person typed, in which % and _ mean themselves.</summary>
public static class LikePattern
{
    public const string Escape = "\\";

    public static string Containing(string text) =>
        "%" + text.Trim().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
}
