using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>Ends in Azure the passwords that rotations took out of use, once their day is over.</summary>
public sealed class OldPasswords(AzureIdentities azure, RegistryLocator places, IDbContextFactory<ScoutDb> databases, RegistryOptions registries, TimeProvider clock)
{
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromDays(1);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task<IReadOnlyList<long>> ListDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        return await Due(db, now).Select(i => i.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Ends one now, whether its day has come or not, for who acts with their own rights: by itself nothing would.</summary>
    /// <returns>Why it was not ended, which others are not told of; null where it was, or there is none.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<EndRefusal?> EndAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new EndRefusal($"{azure.Missing}.", azure.Remedy);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AnyAsync(i => i.Id == id && i.OrganizationId == actor.OrganizationId, cancellationToken) ? await EndAsync(identity, actor, id, isDue: false, cancellationToken) : null;
    }

    /// <summary>Ends one whose day has come, by the dashboard's own identity. Where Azure refuses, it is told with the integration and tried again a day later.</summary>
    /// <param name="actor">In whose name, who has the machine and is asked for no right; null: the dashboard's own.</param>
    public Task EndDueAsync(ArmClients identity, Actor? actor, long id, CancellationToken cancellationToken) => EndAsync(identity, actor, id, isDue: true, cancellationToken);

    private async Task<EndRefusal?> EndAsync(ArmClients identity, Actor? actor, long id, bool isDue, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        await using var lease = new TokenLease(databases, clock, id);
        var (holder, until) = (lease.Holder, lease.Until);
        if (await (isDue ? Due(db, now) : Endable(db, now)).Where(i => i.Id == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, until).SetProperty(i => i.RotatingBy, holder), cancellationToken) == 0)
        {
            return new EndRefusal("The token is being rotated at the moment, or the password before has ended already.", "Look again in some minutes.");
        }

        // What a person began is brought to its end, whether they stay or not: else nobody would know what became of the password. What is due comes again.
        return await EndAsync(db, identity, actor, id, now, isDue ? cancellationToken : CancellationToken.None);
    }

    // Nobody rotates meanwhile; a person may still paste another token, which forgets the old password, or have one made of its name, which is later than the rotation.
    private async Task<EndRefusal?> EndAsync(ScoutDb db, ArmClients identity, Actor? actor, long id, DateTime now, CancellationToken cancellationToken)
    {
        var row = await db.Integrations.SingleAsync(i => i.Id == id, cancellationToken);
        if (row.OldPassword is not { } old || old == row.TokenPassword || !RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var host) || new IntegrationDetails(row, host, []).AzureId is not { } registry)
        {
            return null;
        }

        // Rotations before the column was there told it by the day on which the old one ends.
        var rotatedAt = new DateTimeOffset((row.RotatedAt ?? row.OldPasswordEndsAt - RotationLedger.OldOneWorks)!.Value, TimeSpan.Zero);
        EndRefusal? refused = null;
        try
        {
            switch (await places.FindAsync(identity, actor, id, cancellationToken))
            {
                case RegistrySighting.Lost lost:
                    // Where nothing is seen, nothing was ended.
                    refused = new EndRefusal(lost.Message, lost.Remedy);
                    break;
                case var sighting:
                    registry = sighting is RegistrySighting.Seen seen ? seen.Registry.Id : registry;
                    await identity.For(host).Tokens.EndPasswordAsync(registry, row.TokenName, password => password.Name == old && !(password.Created > rotatedAt), cancellationToken);
                    break;
            }
        }
        catch (ArmException exception)
        {
            refused = new EndRefusal(exception.Message, exception.Remedy);
        }

        // What a person may not, or not any more, is theirs to know: it says nothing of the password to the others.
        await (identity.IsPersons && refused is not null ? Task.CompletedTask : NoteAsync(db, row, actor, old, refused, now, cancellationToken));
        return refused;
    }

    // Of what is there by now: who pasted another token meanwhile has nothing more to do with the old password.
    private static async Task NoteAsync(ScoutDb db, Integration row, Actor? actor, string old, EndRefusal? refused, DateTime now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.Entry(row).ReloadAsync(cancellationToken);
        if (row.OldPassword != old)
        {
            return;
        }

        if (refused is null)
        {
            (row.OldPassword, row.OldPasswordEndsAt, row.OldPasswordFailure, row.OldPasswordRemedy) = (null, null, null, null);
            db.Audit.Add(RotationLedger.Line(row, actor, AuditAction.OldPasswordEnded, now, $"{row.TokenName}, {old}"));
        }
        else
        {
            // Else the day of the next try would be taken for that of the rotation.
            row.RotatedAt ??= row.OldPasswordEndsAt - RotationLedger.OldOneWorks;
            row.OldPasswordEndsAt = now + UntilNextTry;
            (row.OldPasswordFailure, row.OldPasswordRemedy) = (DisplayText.Sanitise($"The old password {old} could not be ended in Azure: {refused.Message}", 500), refused.Remedy);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static IQueryable<Integration> Due(ScoutDb db, DateTime now) => Endable(db, now).Where(i => i.OldPasswordEndsAt <= now);

    // Where that has no day, it is one that was made and is not stored.
    private static IQueryable<Integration> Endable(ScoutDb db, DateTime now)
    {
        var longest = now + TokenLease.Longest;
        return db.Integrations.Where(i => i.RemovedAt == null && i.OldPassword != null && i.TokenPassword != null
        && i.OldPassword != i.TokenPassword && i.OldPasswordEndsAt != null && (i.RotatingUntil == null || i.RotatingUntil <= now || i.RotatingUntil > longest));
    }
}

/// <summary>Why a password was not ended, and what to do about that.</summary>
public sealed record EndRefusal(string Message, string Remedy);
