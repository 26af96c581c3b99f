using System.Globalization;

namespace ScoutDashboard.Images;

/// <summary>How long something is kept after nobody needs it any more; without a limit it is kept for ever.</summary>
public readonly record struct KeepTime(TimeSpan? Limit)
{
    /// <summary>Longer than anybody plans, and short enough that no date runs out of the calendar.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>The word for "is never removed".</summary>
    public const string Never = "never";

    public static KeepTime OfDays(int days) => new(TimeSpan.FromDays(days));

    /// <summary>Reads <c>never</c>, or a time of at least a second as <c>[days.]hours:minutes:seconds</c>.</summary>
    public static bool TryParse(string? text, out KeepTime time)
    {
        time = default;
        if (string.Equals(text?.Trim(), Never, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var limit) || limit < TimeSpan.FromSeconds(1) || limit > Longest)
        {
            return false;
        }

        time = new KeepTime(limit);
        return true;
    }

    /// <summary>When what was last needed then may go; null for never.</summary>
    public DateTime? After(DateTime last) => last + Limit;

    /// <summary>What was last needed before that may go; nothing was before the first of all times.</summary>
    public DateTime Before(DateTime now) => Limit is { } limit ? now - limit : DateTime.MinValue;

    public override string ToString() => Limit?.ToString("c", CultureInfo.InvariantCulture) ?? Never;
}
