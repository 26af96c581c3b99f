namespace ScoutDashboard.Analysis.Packages;

/// <summary>A file, or a part of one, that is over one of the <see cref="FormatLimits"/>; the message is one sentence for a person.</summary>
public sealed class FormatLimitException(string message) : Exception(message);
