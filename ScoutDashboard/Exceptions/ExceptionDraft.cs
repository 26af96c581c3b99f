using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>What a member says of a vulnerability. Justification: of a false positive only.</summary>
/// <param name="Details">Why; 1 to <see cref="ExceptionService.MaxDetails"/> characters.</param>
/// <param name="LastDay">The last day (UTC) on which it applies; null where it does not expire.</param>
public sealed record ExceptionStatement(ExceptionType Type, VexJustification? Justification, string Details, DateOnly? LastDay)
{
    /// <summary>What an exception says.</summary>
    public static ExceptionStatement Of(ExceptionRule rule) => new(rule.Type, rule.Justification, rule.Details, rule.ExpiresAt is { } end ? ExceptionWords.LastDay(end) : null);
}

/// <summary>An exception that is to be made.</summary>
/// <param name="VulnerabilityId">The CVE, or another id that advisories know it by.</param>
/// <param name="ImageId">The image that the scope is, or whose repository it is; null for the whole organization.</param>
/// <param name="Package">The package's purl, with or without version; null for any.</param>
public sealed record ExceptionDraft(string VulnerabilityId, ExceptionScope Scope, long? ImageId, string? Package, ExceptionStatement Statement);

/// <summary>What became of it.</summary>
public enum ExceptionOutcome
{
    Done,

    /// <summary>It was ended, or there is none.</summary>
    Gone,

    /// <summary>Somebody else changed it since it was read.</summary>
    ChangedMeanwhile,
    DetailsMissing, DetailsTooLong,

    /// <summary>A false positive without a reason.</summary>
    JustificationMissing,

    /// <summary>The last day is over, or more than <see cref="ExceptionService.MaxYears"/> years ahead.</summary>
    LastDayPassed, LastDayTooFar,

    /// <summary>No finding and no advisory knows the vulnerability.</summary>
    VulnerabilityUnknown,

    /// <summary>The organization has no such image.</summary>
    ImageUnknown,
    PackageUnreadable,

    /// <summary>One for the same vulnerability, scope and package applies already.</summary>
    AlreadyThere,

    /// <summary><see cref="ExceptionService.MaxInForce"/> apply already.</summary>
    TooMany,
}

/// <summary>What an exception covers: findings, each a vulnerability in a package of an image, and the images that have one.</summary>
/// <param name="LatestImages">Of the images, those that totals count: the newest of each enabled repository.</param>
public sealed record ExceptionReach(int Findings, int Images, int LatestImages);
