namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>What of a registry's resources in Azure would be deleted, and what would stay and why; as it was a moment ago.</summary>
public sealed record CleanupPlan(CleanupTarget Target, IReadOnlyList<CleanupItem> Items)
{
    /// <summary>What has to be typed.</summary>
    public string RegistryName => Target.Registry.Name;

    /// <summary>Whether there is anything to do, be it only to tick off what is gone.</summary>
    public bool HasWork => Items.Any(item => item.Verdict != CleanupVerdict.Stay);

    /// <summary>Whether anything is there that may be deleted.</summary>
    public bool Deletes => Items.Any(item => item.Verdict is CleanupVerdict.Delete or CleanupVerdict.Ask);

    /// <summary>The others that get the registry's events: what is theirs goes only where a person says so.</summary>
    public IReadOnlyList<string> Hosts => [.. Items.Where(item => item.Host.Length > 0).Select(item => item.Host).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <param name="Reason">Why it stays or is asked for; one sentence, "" for what is deleted or gone.</param>
public sealed record CleanupItem(AzureResource Resource, CleanupVerdict Verdict, string Reason = "")
{
    /// <summary>Whether what is there under its name belongs to another resource, so that this registry has none.</summary>
    public bool IsOthers { get; init; }

    /// <summary>To whom it sends the events, where that is not this dashboard; else "".</summary>
    public string Host { get; init; } = "";
}

/// <summary>Ask: somebody else's, deleted only by consent. Gone: not there any more.</summary>
public enum CleanupVerdict { Delete, Ask, Stay, Gone }

/// <summary>A plan, or why there is none.</summary>
public abstract record CleanupPlanOutcome
{
    public sealed record Seen(CleanupPlan Plan) : CleanupPlanOutcome;

    public sealed record Failed(string Message, string Remedy) : CleanupPlanOutcome;
}

/// <summary>That a person wants a plan to be done.</summary>
/// <param name="RegistryName">As it was typed.</param>
/// <param name="Hosts">The others whose subscriptions may be deleted, too.</param>
public sealed record CleanupConsent(string RegistryName, IReadOnlyCollection<string> Hosts)
{
    public bool IsFor(CleanupPlan plan) => RegistryName.Trim().Equals(plan.RegistryName, StringComparison.OrdinalIgnoreCase);

    internal bool Covers(CleanupItem item) => item.Verdict == CleanupVerdict.Delete || (item.Verdict == CleanupVerdict.Ask && Hosts.Contains(item.Host, StringComparer.OrdinalIgnoreCase));
}
