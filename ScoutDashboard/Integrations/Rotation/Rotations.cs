using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>When a password is rotated by itself, and how long the new one lasts.</summary>
public static class Rotations
{
    private const int UsualLife = 365;
    private const int LongestLife = 3650;

    /// <summary>What the interface offers; 0: never.</summary>
    public static readonly IReadOnlyList<int> Choices = [0, 7, 14, 30, 60, 90];

    /// <summary>How many days before its last day; 0: never. Where nobody chose, what the dashboard had made is rotated, and what a person pasted is not.</summary>
    public static int DaysOf(int? chosen, string? tokenPassword) => chosen ?? (tokenPassword is null ? 0 : Integration.UsualRotation);

    /// <summary>Whether the day has come. A password without a last day never ends, so its day does not come.</summary>
    public static bool IsDue(int days, DateOnly? expiresOn, DateOnly today) => days > 0 && expiresOn is { } last && last.DayNumber - days <= today.DayNumber;

    /// <summary>The last day of the next password: as long as the one before was made for, but not so short that its own rotation is due at once.</summary>
    public static DateOnly NextEnd(DateOnly today, TimeSpan? life, int days) =>
        today.AddDays(Math.Max(life is { TotalDays: >= 1 and <= LongestLife } known ? (int)Math.Round(known.TotalDays) : UsualLife, days * 2));
}

/// <summary>What became of the rotations of a token.</summary>
/// <param name="RotatedAt">When the stored password took the place of another, UTC; null where it did not.</param>
/// <param name="TriedAt">When the last one was tried, UTC; null where none was.</param>
/// <param name="Failure">Why the last one failed; null where it did not.</param>
public sealed record RotationResult(DateTime? RotatedAt, DateTime? TriedAt, string? Failure, string Remedy)
{
    /// <summary>Who had the last one tried; null where its day had come.</summary>
    public string? TriedBy { get; init; }

    /// <summary>Why the password before could not be ended; null where that is done or its day has not come.</summary>
    public string? OldFailure { get; init; }

    /// <summary>What to do about that.</summary>
    public string OldRemedy { get; init; } = "";

    /// <summary>Name of the password before, which still works; null where there is none that was stored.</summary>
    public string? OldPassword { get; init; }

    /// <summary>Until when analyses that run may use it, UTC.</summary>
    public DateTime? OldEndsAt { get; init; }
}
