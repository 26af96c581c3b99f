using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>
/// Keeps which integrations' tokens are to be rotated and what became of it. One at a time has the right to rotate a token, of all replicas, as <see cref="TokenLease"/>
/// says.
/// </summary>
public sealed class RotationLedger(IDbContextFactory<ScoutDb> databases, SecretVault vault, RegistryOptions registries, TimeProvider clock)
{
    // Less than a day, so that it stays daily by a clock that ticks hourly.
    private static readonly TimeSpan BetweenTries = TimeSpan.FromHours(23);

    // What analyses that run have opened goes on to work for them.
    internal static readonly TimeSpan OldOneWorks = TimeSpan.FromDays(1);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Those whose day has come and that were not tried today.</summary>
    public async Task<IReadOnlyList<long>> ListDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Integrations.AsNoTracking().Where(i => i.RemovedAt == null && i.ProtectedToken != null && i.TokenExpiresOn != null && i.AzureSubscription != null)
            .OrderBy(i => i.TokenExpiresOn).ThenBy(i => i.Id).ToListAsync(cancellationToken);
        return [.. rows.Where(row => IsDue(row, Now)).Select(row => row.Id)];
    }

    /// <summary>Forgets what failed where there is nobody any more who could try again: it would stay for ever.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(i => i.RotationFailure != null || i.OldPasswordFailure != null).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.RotationFailure, (string?)null).SetProperty(i => i.RotationRemedy, (string?)null)
                .SetProperty(i => i.OldPasswordFailure, (string?)null).SetProperty(i => i.OldPasswordRemedy, (string?)null), cancellationToken);
    }

    /// <summary>The right to rotate a token whose day has come; null where another has it or had it today.</summary>
    /// <param name="actor">In whose name; null: the dashboard's own.</param>
    public async Task<RotationTicket?> BeginDueAsync(Actor? actor, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var row = await db.Integrations.SingleOrDefaultAsync(i => i.Id == id && i.RemovedAt == null, cancellationToken);
        if (row is null || !IsDue(row, Now) || Give(row, actor) is not { } ticket)
        {
            return null;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ticket;
    }

    /// <summary>The right to rotate a token now; null where another has it, or there is none that could be rotated.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<RotationTicket?> BeginAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is not { } row || TokenLease.IsHeld(row.RotatingUntil, change.Now) || Give(row, actor) is not { } ticket)
        {
            return null;
        }

        await change.CommitAsync(cancellationToken);
        return ticket;
    }

    /// <summary>Writes down which of the two passwords is the stored one, before the other is made: afterwards nobody could tell.</summary>
    /// <param name="inUse">Null: that is not known.</param>
    /// <returns>False where another token was stored meanwhile, or another has the right by now.</returns>
    public async Task<bool> RememberAsync(RotationTicket ticket, string? inUse, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // What is in use is not what nobody has.
        return await Held(db, ticket).Where(i => i.ProtectedToken == ticket.Stored)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.TokenPassword, inUse)
                .SetProperty(i => i.OldPassword, i => i.OldPasswordEndsAt == null && i.OldPassword == inUse ? null : i.OldPassword), cancellationToken) == 1;
    }

    /// <summary>Forgets the password before where one of its name may have been made anew: that has ended it, and nobody has the new one.</summary>
    internal async Task ForgetOldAsync(RotationTicket ticket, string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await Held(db, ticket).Where(i => i.OldPassword == name).ExecuteUpdateAsync(set => set.SetProperty(i => i.OldPassword, (string?)null).SetProperty(i => i.OldPasswordEndsAt, (DateTime?)null)
            .SetProperty(i => i.OldPasswordFailure, (string?)null).SetProperty(i => i.OldPasswordRemedy, (string?)null), cancellationToken);
    }

    /// <summary>The ticket with what is stored by now; null where that is nothing.</summary>
    public async Task<RotationTicket?> RefreshAsync(RotationTicket ticket, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == ticket.IntegrationId && i.RemovedAt == null && i.ProtectedToken != null, cancellationToken);
        return row is null ? null : ticket with { Stored = row.ProtectedToken!, Present = Open(row, ticket.Host), InUse = row.TokenPassword };
    }

    /// <summary>Stores the next password in place of the one that the ticket tells, and gives the right back.</summary>
    public async Task<SwitchOutcome> SwitchAsync(RotationTicket ticket, NextPassword next, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (await db.Integrations.SingleOrDefaultAsync(i => i.Id == ticket.IntegrationId && i.RemovedAt == null, cancellationToken) is not { } row)
        {
            return SwitchOutcome.Gone;
        }

        // Who took too long is followed by another, whose password of the same name has ended this one.
        if (row.ProtectedToken != ticket.Stored || row.RotatingBy != ticket.Lease.Holder)
        {
            return SwitchOutcome.Overtaken;
        }

        var now = Now;
        (row.OldPassword, row.OldPasswordEndsAt) = row.TokenPassword is { } old && old != next.Name ? (old, now + OldOneWorks) : ((string?)null, (DateTime?)null);
        (row.ProtectedToken, row.TokenPassword, row.TokenExpiresOn) = (vault.Protect(SecretKind.RegistryToken, row.Hostname, next.Access.Credentials.Password), next.Name, next.ExpiresOn);
        (row.State, row.StateReason, row.LastTestAt) = (IntegrationState.Connected, null, now);
        (row.RotatingUntil, row.RotatingBy) = (null, null);
        (row.RotationTriedAt, row.RotationTriedBy, row.RotatedAt, row.RotationFailure, row.RotationRemedy) = (now, ticket.Actor?.Name, now, null, null);
        (row.OldPasswordFailure, row.OldPasswordRemedy) = (null, null);
        db.Audit.Add(Line(row, ticket.Actor, AuditAction.TokenRotated, now, $"{row.TokenName}, {next.Name}{(next.ExpiresOn is { } last ? $", expires on {last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}"));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SwitchOutcome.Done;
    }

    /// <summary>Writes down why nothing was changed, and gives the right back; neither where another has it by now.</summary>
    /// <param name="isForAll">Whether it is told with the integration, too; else it stays between who tried and the audit log.</param>
    public async Task FailAsync(RotationTicket ticket, string reason, string remedy, bool isForAll, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (await Held(db, ticket).SingleOrDefaultAsync(i => i.ProtectedToken == ticket.Stored, cancellationToken) is not { } row)
        {
            return;
        }

        var now = Now;
        (row.RotatingUntil, row.RotatingBy) = (null, null);
        if (isForAll)
        {
            (row.RotationTriedAt, row.RotationTriedBy, row.RotationFailure, row.RotationRemedy) = (now, ticket.Actor?.Name, DisplayText.Sanitise(reason, 500), remedy);
        }

        db.Audit.Add(Line(row, ticket.Actor, AuditAction.TokenRotationFailed, now, DisplayText.Sanitise(reason, 300)));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static IQueryable<Integration> Held(ScoutDb db, RotationTicket ticket)
    {
        var holder = ticket.Lease.Holder;
        return db.Integrations.Where(i => i.Id == ticket.IntegrationId && i.RemovedAt == null && i.RotatingBy == holder);
    }

    internal static AuditEntry Line(Integration row, Actor? actor, AuditAction action, DateTime at, string detail) => new()
    {
        OrganizationId = row.OrganizationId, At = at, Action = action, AccountId = actor?.AccountId, Name = actor?.Name ?? Actor.Dashboard, Subject = row.Hostname, Detail = detail, Address = actor?.Address ?? "",
    };

    private static bool IsDue(Integration row, DateTime now) => !TokenLease.IsHeld(row.RotatingUntil, now) && !(row.RotationTriedAt > now - BetweenTries && row.RotationTriedAt <= now)
        && row.ProtectedToken is not null && Rotations.IsDue(Rotations.DaysOf(row.RotateBefore, row.TokenPassword), row.TokenExpiresOn, DateOnly.FromDateTime(now));

    private RotationTicket? Give(Integration row, Actor? actor)
    {
        if (row.ProtectedToken is null || !RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var host) || new IntegrationDetails(row, host, []).AzureId is not { } registry)
        {
            return null;
        }

        return new RotationTicket(row.Id, host, registry, row.TokenName)
        {
            Actor = actor, Lease = TokenLease.Take(row, databases, clock), Stored = row.ProtectedToken, Present = Open(row, host), InUse = row.TokenPassword, Days = Rotations.DaysOf(row.RotateBefore, row.TokenPassword),
        };
    }

    private RegistryAccess? Open(Integration row, RegistryHostname host) =>
        vault.Open(SecretKind.RegistryToken, row.Hostname, row.ProtectedToken!) is { } password ? new RegistryAccess(host, new RegistryCredentials(row.TokenName, password)) : null;
}
