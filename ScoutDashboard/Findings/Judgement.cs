namespace ScoutDashboard.Findings;

/// <summary>What one advisory, entry or range says about one version.</summary>
/// <param name="Reason">Why nobody can say, or up to which version it is affected; for a person.</param>
/// <param name="Fix">Lowest version after this one that leaves the range; only where affected.</param>
/// <param name="IsBounded">Affected, and it ends somewhere that no fixed version is named for: whether there is a fix is not known.</param>
internal readonly record struct Judgement(Judged Said, string? Reason = null, string? Fix = null, bool IsBounded = false)
{
    public static readonly Judgement NotAffected = new(Judged.NotAffected);

    public static Judgement Undecided(string reason) => new(Judged.Undecided, reason);
}

/// <summary>The answers, in the order in which one outweighs another.</summary>
internal enum Judged { NotAffected, Undecided, Affected }
