using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>How far an exception's life has come. Expiring: it applies, for <see cref="ExceptionStates.Warned"/> at most. Expired and Ended: it applies no more.</summary>
public enum ExceptionState { Active, Expiring, Expired, Ended }

/// <summary>Tells the state of exceptions.</summary>
public static class ExceptionStates
{
    /// <summary>How long before its end an exception is warned of.</summary>
    public static readonly TimeSpan Warned = TimeSpan.FromDays(14);

    public static ExceptionState Of(ExceptionRule rule, DateTime now) =>
        rule.EndedAt is not null ? ExceptionState.Ended
        : rule.ExpiresAt is not { } end ? ExceptionState.Active
        : end <= now ? ExceptionState.Expired
        : end - now <= Warned ? ExceptionState.Expiring : ExceptionState.Active;

    /// <summary>Those that are in one of these states, for the database.</summary>
    public static IQueryable<ExceptionRule> In(this IQueryable<ExceptionRule> rules, ExceptionState state, DateTime now)
    {
        var warned = now + Warned;
        return state switch
        {
            ExceptionState.Ended => rules.Where(e => e.EndedAt != null),
            ExceptionState.Expired => rules.Where(e => e.EndedAt == null && e.ExpiresAt <= now),
            ExceptionState.Expiring => rules.Where(e => e.EndedAt == null && e.ExpiresAt > now && e.ExpiresAt <= warned),
            _ => rules.Where(e => e.EndedAt == null && (e.ExpiresAt == null || e.ExpiresAt > warned)),
        };
    }

    /// <summary>Those that apply, for the database.</summary>
    public static IQueryable<ExceptionRule> InForce(this IQueryable<ExceptionRule> rules, DateTime now) => rules.Where(e => e.EndedAt == null && (e.ExpiresAt == null || e.ExpiresAt > now));
}
