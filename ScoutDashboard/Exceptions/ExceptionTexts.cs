using System.Globalization;
using Microsoft.Extensions.Localization;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Exceptions;

/// <summary>What the interface calls the parts of an exception; what a person or a registry wrote is made harmless.</summary>
public static class ExceptionTexts
{
    public static string Of(ExceptionType type, IStringLocalizer<UiText> texts) => type == ExceptionType.AcceptedRisk ? texts["Accepted risk"] : texts["False positive"];

    public static string Of(VexJustification justification, IStringLocalizer<UiText> texts) => justification switch
    {
        VexJustification.ComponentNotPresent => texts["Component not present"],
        VexJustification.VulnerableCodeNotPresent => texts["Vulnerable code not present"],
        VexJustification.VulnerableCodeNotInExecutePath => texts["Vulnerable code not in execute path"],
        VexJustification.VulnerableCodeCannotBeControlledByAdversary => texts["Vulnerable code cannot be controlled by adversary"],
        _ => texts["Inline mitigations already exist"],
    };

    public static string Of(ExceptionState state, IStringLocalizer<UiText> texts) => state switch
    {
        ExceptionState.Active => texts["Active"],
        ExceptionState.Expiring => texts["Expires soon"],
        ExceptionState.Expired => texts["Expired"],
        _ => texts["Ended"],
    };

    /// <summary>The images that it is for.</summary>
    public static string Where(ExceptionRule rule, IStringLocalizer<UiText> texts) => rule.Scope switch
    {
        ExceptionScope.Image => $"{Place(rule)}@{(Digest.TryParse(rule.Digest, out var digest) ? digest.Short : "–")}",
        ExceptionScope.Repository => texts["All images of {0}", Place(rule)],
        _ => texts["All images"],
    };

    public static string Package(ExceptionRule rule, IStringLocalizer<UiText> texts) => rule.Package is null ? texts["Any package"] : DisplayText.Sanitise(rule.Package, 300);

    /// <summary>Who made it, when, and until when it applies.</summary>
    public static string Made(ExceptionRule rule, IStringLocalizer<UiText> texts) => rule.ExpiresAt is { } end
        ? texts["{0} on {1}, until {2}", DisplayText.Sanitise(rule.CreatedBy, 100), Day(rule.CreatedAt), Day(end.AddTicks(-1))]
        : texts["{0} on {1}, does not expire", DisplayText.Sanitise(rule.CreatedBy, 100), Day(rule.CreatedAt)];

    /// <summary>Until when it applies.</summary>
    public static string Until(ExceptionRule rule, IStringLocalizer<UiText> texts) => rule.ExpiresAt is { } end ? texts["until {0}", Day(end.AddTicks(-1))] : texts["does not expire"];

    /// <summary>That somebody else changed it while it was edited.</summary>
    public static string Overtaken(ExceptionRule rule, IStringLocalizer<UiText> texts) => texts[
        "{0} changed it at {1} UTC, after you opened it. Nothing was saved, and what you typed is still here.", DisplayText.Sanitise(rule.ChangedBy ?? rule.CreatedBy, 100),
        (rule.ChangedAt ?? rule.CreatedAt).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)];

    /// <summary><c>3 findings in 2 images</c>.</summary>
    public static string Covered(int findings, int images, IStringLocalizer<UiText> texts) => texts[
        "{0} in {1}", findings == 1 ? texts["1 finding"] : texts["{0} findings", findings.ToString("N0", CultureInfo.InvariantCulture)], images == 1 ? texts["1 image"] : texts["{0} images", images.ToString("N0", CultureInfo.InvariantCulture)]];

    /// <summary>Why it does not apply to a finding.</summary>
    public static string Of(MissedException missed, IStringLocalizer<UiText> texts) => missed.Why switch
    {
        ExceptionMiss.OtherRepository => texts["It is for another repository: {0}", Place(missed.Rule)],
        ExceptionMiss.OtherImage => texts["It is for another image of this repository: {0}", Where(missed.Rule, texts)],
        ExceptionMiss.OtherPackage => texts["It is for another package: {0}", Package(missed.Rule, texts)],
        ExceptionMiss.Ended => texts["{0} ended it on {1}", DisplayText.Sanitise(missed.Rule.EndedBy, 100), Day(missed.Rule.EndedAt ?? default)],
        _ => texts["It expired on {0}", Day(missed.Rule.ExpiresAt ?? default)],
    };

    /// <summary>Why it was refused; "" where it was done.</summary>
    public static string Of(ExceptionOutcome outcome, IStringLocalizer<UiText> texts) => outcome switch
    {
        ExceptionOutcome.Done => "",
        ExceptionOutcome.Gone => texts["It was ended meanwhile. Create another one."],
        ExceptionOutcome.ChangedMeanwhile => texts["Somebody changed it meanwhile. Nothing was saved."],
        ExceptionOutcome.DetailsMissing => texts["Say why: whoever reads the list later has nothing else to go by."],
        ExceptionOutcome.DetailsTooLong => texts["The details have more than {0} characters. Shorten them.", ExceptionService.MaxDetails],
        ExceptionOutcome.JustificationMissing => texts["Choose why it is a false positive."],
        ExceptionOutcome.LastDayPassed => texts["The day is over. Choose one that is to come."],
        ExceptionOutcome.LastDayTooFar => texts["The day is more than {0} years ahead. Choose an earlier one, or never.", ExceptionService.MaxYears],
        ExceptionOutcome.VulnerabilityUnknown => texts["No advisory and no finding knows this vulnerability any more."],
        ExceptionOutcome.ImageUnknown => texts["The image is not there any more. Choose another scope."],
        ExceptionOutcome.PackageUnreadable => texts["The package can't be named by a package URL. Choose any package."],
        ExceptionOutcome.AlreadyThere => texts["An exception for the same vulnerability, scope and package applies already. Edit that one."],
        _ => texts["{0} exceptions apply already. End some that nobody needs.", ExceptionService.MaxInForce],
    };

    private static string Place(ExceptionRule rule) => DisplayText.Sanitise($"{rule.Registry}/{rule.Repository}", 300);

    private static string Day(DateTime at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
