using System.ComponentModel.DataAnnotations;
using ScoutDashboard.Images;

namespace ScoutDashboard.Retention;

/// <summary>Configuration section <c>Retention</c>: how long what nobody needs any more is kept.</summary>
public sealed record RetentionOptions
{
    // Event Grid delivers an event again for 24 hours (time to live of a subscription, its default and its most); twice that leaves room for clocks.
    private static readonly TimeSpan ShortestOfEvents = TimeSpan.FromDays(2);

    /// <summary>Analyses of images that no tag leads to any more, neither their own nor that of an index.</summary>
    public KeepTime UntaggedImages { get; init; } = KeepTime.OfDays(30);

    /// <summary>Analyses of images that were deleted from the registry.</summary>
    public KeepTime DeletedImages { get; init; } = KeepTime.OfDays(30);

    /// <summary>Events of registries. While one is kept, it is recognised when it comes again.</summary>
    [CustomValidation(typeof(RetentionOptions), nameof(CheckEvents))]
    public KeepTime Events { get; init; } = KeepTime.OfDays(30);

    /// <summary>Jobs that have ended.</summary>
    public KeepTime Jobs { get; init; } = KeepTime.OfDays(90);

    /// <summary>How often it is looked what may go.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);

    public static RetentionOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Retention");
        var defaults = new RetentionOptions();
        return new RetentionOptions
        {
            UntaggedImages = Time(section, nameof(UntaggedImages), defaults.UntaggedImages), DeletedImages = Time(section, nameof(DeletedImages), defaults.DeletedImages),
            Events = Time(section, nameof(Events), defaults.Events), Jobs = Time(section, nameof(Jobs), defaults.Jobs), Interval = section.GetValue(nameof(Interval), defaults.Interval),
        };
    }

    /// <summary>When the analysis of an image is removed at the earliest, UTC; null where it is not.</summary>
    /// <param name="untaggedAt">Since when no tag leads to it; null while one does.</param>
    /// <param name="deletedAt">Since when it is deleted in the registry, if it is.</param>
    public DateTime? RemovalOf(DateTime? untaggedAt, DateTime? deletedAt) =>
        untaggedAt is not { } untagged ? null : deletedAt is { } deleted ? DeletedImages.After(deleted > untagged ? deleted : untagged) : UntaggedImages.After(untagged);

    public static ValidationResult? CheckEvents(string value, ValidationContext context) =>
        KeepTime.TryParse(value, out var time) && time.Limit < ShortestOfEvents ? new ValidationResult("must be at least 2.00:00:00: so long an event may come again.") : ValidationResult.Success;

    private static KeepTime Time(IConfigurationSection section, string name, KeepTime otherwise) => KeepTime.TryParse(section[name], out var time) ? time : otherwise;
}

/// <summary>What removing leaves to others between two of its steps: each holds the database's only lock for writing.</summary>
public sealed record RetentionPace(TimeSpan Pause);
