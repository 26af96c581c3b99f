using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>What programs, the command line and the audit log call the parts of an exception; pages have words of their own language for the same.</summary>
public static class ExceptionWords
{
    /// <summary><c>accepted risk</c>, or <c>false positive (vulnerable_code_not_present)</c>.</summary>
    public static string Type(ExceptionRule rule) => rule.Type == ExceptionType.AcceptedRisk ? "accepted risk" : rule.Justification is { } why ? $"false positive ({Justification(why)})" : "false positive";

    /// <summary>As OpenVEX 0.2.0 spells it.</summary>
    public static string Justification(VexJustification justification) => justification switch
    {
        VexJustification.ComponentNotPresent => "component_not_present",
        VexJustification.VulnerableCodeNotPresent => "vulnerable_code_not_present",
        VexJustification.VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
        VexJustification.VulnerableCodeCannotBeControlledByAdversary => "vulnerable_code_cannot_be_controlled_by_adversary",
        _ => "inline_mitigations_already_exist",
    };

    /// <summary><c>contoso.azurecr.io/team/app@sha256:…</c>, <c>contoso.azurecr.io/team/app</c>, or <c>all images</c>.</summary>
    public static string Where(ExceptionRule rule) => rule.Scope switch
    {
        ExceptionScope.Image => $"{rule.Registry}/{rule.Repository}@{rule.Digest}",
        ExceptionScope.Repository => $"{rule.Registry}/{rule.Repository}",
        _ => "all images",
    };

    /// <summary>Why it does not apply; a sentence without its stop.</summary>
    public static string Miss(MissedException missed) => missed.Why switch
    {
        ExceptionMiss.OtherRepository => $"it is for {Where(missed.Rule)} only",
        ExceptionMiss.OtherImage => $"it is for the image {missed.Rule.Digest} only",
        ExceptionMiss.OtherPackage => $"it is for {missed.Rule.Package} only",
        ExceptionMiss.Ended => "it was ended",
        _ => "it has expired",
    };

    /// <summary>The last day on which it applies.</summary>
    /// <param name="end">When it expires, UTC.</param>
    public static DateOnly LastDay(DateTime end) => DateOnly.FromDateTime(end.AddTicks(-1));
}
