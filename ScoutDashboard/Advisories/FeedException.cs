namespace ScoutDashboard.Advisories;

/// <summary>A feed that could not be read; the message is one sentence for a person.</summary>
public sealed class FeedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the source answers but has no such file.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether part of a newer state was stored by then: true each by itself, but the source must be read whole again.</summary>
    public bool IsHalfStored { get; init; }

    /// <summary>Where the next attempt may go on, if that is not where this one began.</summary>
    public string? Position { get; init; }
}
