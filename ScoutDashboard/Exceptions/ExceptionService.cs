using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Exceptions;

/// <summary>
/// Makes, changes and ends exceptions. What one covers (vulnerability, scope, package) stays as it was made, so that the audit log tells what was accepted; for another, it
/// is ended and made anew.
/// </summary>
public sealed class ExceptionService(IDbContextFactory<ScoutDb> databases, ExceptionSignal signal, TimeProvider clock)
{
    public const int MaxDetails = 1000;

    /// <summary>What is proposed for an accepted risk, in days.</summary>
    public const int ProposedDays = 90;
    public const int MaxYears = 10;

    /// <summary>How many may apply at a time, so that judging a list by them stays quick.</summary>
    public const int MaxInForce = 5000;

    // OSV ids are shorter by far.
    private const int MaxId = 100;
    private const int NotedDetails = 300;

    /// <summary>Makes an exception, which applies at once.</summary>
    /// <exception cref="ForbiddenException">Not by an editor.</exception>
    public async Task<ExceptionOutcome> CreateAsync(Actor actor, ExceptionDraft draft, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        var (db, now) = (change.Db, change.Now);
        if (Check(draft.Statement, now) is var refusal and not ExceptionOutcome.Done)
        {
            return refusal;
        }

        var (rule, outcome) = await RuleAsync(db, actor.OrganizationId, draft, cancellationToken);
        if (rule is null)
        {
            return outcome;
        }

        if (await RoomAsync(db, rule, now, cancellationToken) is var full and not ExceptionOutcome.Done)
        {
            return full;
        }

        (rule.CreatedAt, rule.CreatedBy) = (now, actor.Name);
        Apply(rule, draft.Statement);
        db.Exceptions.Add(rule);
        await FinishAsync(change, rule, AuditAction.ExceptionCreated, cancellationToken);
        return ExceptionOutcome.Done;
    }

    /// <summary>Says something else of what it covers; one that expired applies again, as far as a new one might be made.</summary>
    /// <param name="read">What it said when the member read it: whoever wrote something else since is not overwritten.</param>
    /// <exception cref="ForbiddenException">Not by an editor.</exception>
    public async Task<ExceptionOutcome> ChangeAsync(Actor actor, long id, ExceptionStatement read, ExceptionStatement statement, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        if (Check(statement, change.Now) is var refusal and not ExceptionOutcome.Done)
        {
            return refusal;
        }

        if (await FindAsync(change.Db, actor.OrganizationId, id, cancellationToken) is not { } rule)
        {
            return ExceptionOutcome.Gone;
        }

        // Not by a time or a count of changes: what it says is all that can be lost.
        if (ExceptionStatement.Of(rule) != read)
        {
            return ExceptionOutcome.ChangedMeanwhile;
        }

        if (ExceptionStates.Of(rule, change.Now) == ExceptionState.Expired && await RoomAsync(change.Db, rule, change.Now, cancellationToken) is var full and not ExceptionOutcome.Done)
        {
            return full;
        }

        Apply(rule, statement);
        (rule.LapsedAt, rule.ChangedAt, rule.ChangedBy) = (null, change.Now, actor.Name);
        await FinishAsync(change, rule, AuditAction.ExceptionChanged, cancellationToken);
        return ExceptionOutcome.Done;
    }

    /// <summary>Ends it at once: what it covered counts again.</summary>
    /// <exception cref="ForbiddenException">Not by an editor.</exception>
    public async Task<ExceptionOutcome> EndAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        if (await FindAsync(change.Db, actor.OrganizationId, id, cancellationToken) is not { } rule)
        {
            return ExceptionOutcome.Gone;
        }

        (rule.EndedAt, rule.EndedBy) = (change.Now, actor.Name);
        await FinishAsync(change, rule, AuditAction.ExceptionEnded, cancellationToken);
        return ExceptionOutcome.Done;
    }

    /// <summary>One that nobody ended, as it stands now; null where there is none.</summary>
    public async Task<ExceptionRule?> FindAsync(int organizationId, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, organizationId, id, cancellationToken);
    }

    /// <summary>What it would cover now, whatever its statement; null where it can't be made.</summary>
    public async Task<ExceptionReach?> PreviewAsync(int organizationId, ExceptionDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await RuleAsync(db, organizationId, draft, cancellationToken)).Rule is { } rule ? await ExceptionReaches.OfAsync(db, rule, cancellationToken) : null;
    }

    private static async Task<(ExceptionRule? Rule, ExceptionOutcome Outcome)> RuleAsync(ScoutDb db, int organizationId, ExceptionDraft draft, CancellationToken cancellationToken)
    {
        var id = DisplayText.Sanitise(draft.VulnerabilityId.Trim(), MaxId);
        id = AdvisoryIds.CveOf(id) ?? id;
        string? package = null;
        if (draft.Package is not null && !PackageScope.TryParse(draft.Package, out package))
        {
            return (null, ExceptionOutcome.PackageUnreadable);
        }

        var place = draft.ImageId is not { } imageId || draft.Scope == ExceptionScope.Organization ? null
            : await db.Images.Where(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId)
                .Select(i => new { i.Digest, i.Repository!.Name, i.Repository.Integration!.Hostname }).SingleOrDefaultAsync(cancellationToken);
        if (place is null && draft.Scope != ExceptionScope.Organization)
        {
            return (null, ExceptionOutcome.ImageUnknown);
        }

        if (!await ExceptionMarks.Findings(db, [id]).AnyAsync(cancellationToken) && !await db.Advisories.AnyAsync(a => a.Id == id, cancellationToken))
        {
            return (null, ExceptionOutcome.VulnerabilityUnknown);
        }

        var rule = new ExceptionRule
        {
            OrganizationId = organizationId, VulnerabilityId = id, Details = "", CreatedBy = "", Registry = place?.Hostname, Repository = place?.Name,
            Digest = draft.Scope == ExceptionScope.Image ? place?.Digest : null, Package = package,
        };
        rule.OtherNames.AddRange(await ExceptionNaming.OfNewAsync(db, id, cancellationToken));
        return (rule, ExceptionOutcome.Done);
    }

    // Whether one that does not apply may begin to.
    private static async Task<ExceptionOutcome> RoomAsync(ScoutDb db, ExceptionRule rule, DateTime now, CancellationToken cancellationToken)
    {
        var inForce = db.Exceptions.Where(e => e.OrganizationId == rule.OrganizationId).InForce(now);
        return await inForce.AnyAsync(e => e.VulnerabilityId == rule.VulnerabilityId && e.Registry == rule.Registry && e.Repository == rule.Repository && e.Digest == rule.Digest && e.Package == rule.Package, cancellationToken) ? ExceptionOutcome.AlreadyThere
            : await inForce.CountAsync(cancellationToken) >= MaxInForce ? ExceptionOutcome.TooMany : ExceptionOutcome.Done;
    }

    private static ExceptionOutcome Check(ExceptionStatement statement, DateTime now)
    {
        var today = DateOnly.FromDateTime(now);
        return string.IsNullOrWhiteSpace(statement.Details) ? ExceptionOutcome.DetailsMissing
            : statement.Details.Trim().Length > MaxDetails ? ExceptionOutcome.DetailsTooLong
            : statement.Type == ExceptionType.FalsePositive && !(statement.Justification is { } why && Enum.IsDefined(why)) ? ExceptionOutcome.JustificationMissing
            : statement.LastDay < today ? ExceptionOutcome.LastDayPassed
            : statement.LastDay > today.AddYears(MaxYears) ? ExceptionOutcome.LastDayTooFar : ExceptionOutcome.Done;
    }

    private static void Apply(ExceptionRule rule, ExceptionStatement statement)
    {
        (rule.Type, rule.Justification) = (statement.Type, statement.Type == ExceptionType.FalsePositive ? statement.Justification : null);
        // Of one line, as it stands in lists, files and at a terminal.
        rule.Details = DisplayText.Sanitise(statement.Details.Trim().ReplaceLineEndings(" ").Replace('\t', ' '), MaxDetails);
        // Through the whole of its last day.
        rule.ExpiresAt = statement.LastDay?.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    }

    private static Task<ExceptionRule?> FindAsync(ScoutDb db, int organizationId, long id, CancellationToken cancellationToken) =>
        db.Exceptions.SingleOrDefaultAsync(e => e.Id == id && e.OrganizationId == organizationId && e.EndedAt == null, cancellationToken);

    private async Task FinishAsync(MemberChange change, ExceptionRule rule, AuditAction action, CancellationToken cancellationToken)
    {
        await ExceptionMarks.AddAsync(change.Db, rule, cancellationToken);
        change.Note(action, rule.VulnerabilityId, Described(rule));
        await change.CommitAsync(cancellationToken);
        signal.Ring();
    }

    private static string Described(ExceptionRule rule) => string.Join(", ", new[]
    {
        ExceptionWords.Type(rule), ExceptionWords.Where(rule), rule.Package ?? "any package", rule.ExpiresAt is { } end ? $"until {ExceptionWords.LastDay(end).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "without end",
    }) + $": {DisplayText.Sanitise(rule.Details, NotedDetails)}";
}
