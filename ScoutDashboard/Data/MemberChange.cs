using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>A change that a member makes: begun only where their role allows it at that moment, and kept together with its lines in the audit log or not at all.</summary>
public sealed class MemberChange : IAsyncDisposable
{
    private readonly WriteTransaction _transaction;
    private readonly Actor _actor;

    private MemberChange(ScoutDb db, WriteTransaction transaction, Actor actor, DateTime now) => (Db, _transaction, _actor, Now) = (db, transaction, actor, now);

    /// <summary>The unit of work.</summary>
    public ScoutDb Db { get; }

    /// <summary>When the change is made, UTC.</summary>
    public DateTime Now { get; }

    /// <exception cref="ForbiddenException">The session has ended, or the member's role is too low by now.</exception>
    public static async Task<MemberChange> BeginAsync(IDbContextFactory<ScoutDb> databases, Actor actor, MemberRole needed, TimeProvider clock, CancellationToken cancellationToken)
    {
        var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            // SQLite begins it immediate: nobody takes the right away between the question and the change.
            var transaction = await db.BeginWriteAsync(cancellationToken);
            try
            {
                await DemandAsync(db, actor, needed, clock, cancellationToken);
                return new MemberChange(db, transaction, actor, clock.GetUtcNow().UtcDateTime);
            }
            catch
            {
                await transaction.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the database whether this session is still open, with at least this role. Whoever has the machine needs none.</summary>
    /// <exception cref="ForbiddenException">It is not.</exception>
    public static async Task DemandAsync(ScoutDb db, Actor actor, MemberRole needed, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (actor.IsShell)
        {
            return;
        }

        var role = await db.OpenSessions(clock.GetUtcNow().UtcDateTime)
            .Where(s => s.Id == actor.SessionId && s.AccountId == actor.AccountId && s.Account!.OrganizationId == actor.OrganizationId)
            .Select(s => (MemberRole?)s.Account!.Role).SingleOrDefaultAsync(cancellationToken);
        if (role is not { } held || !Enum.IsDefined(held) || held < needed)
        {
            throw new ForbiddenException(needed);
        }
    }

    /// <summary>Adds a line to the audit log.</summary>
    /// <param name="accountId">The account that it was done to, where it was one.</param>
    public void Note(AuditAction action, string subject, string detail = "", string? accountId = null) => Db.Audit.Add(new AuditEntry
    {
        OrganizationId = _actor.OrganizationId, At = Now, Action = action, AccountId = _actor.IsShell ? null : _actor.AccountId, Name = _actor.Name, Subject = subject, SubjectAccountId = accountId, Detail = detail, Address = _actor.Address,
    });

    /// <summary>Saves what is tracked and keeps all of it.</summary>
    /// <exception cref="DbException">The database failed.</exception>
    /// <exception cref="DbUpdateException">There is a row like one of these, see <see cref="ScoutDb.IsDuplicate"/>.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is DbException fault && !Db.IsDuplicate(exception))
        {
            // As every other fault of the database: which of the statements it hit is nothing to pages.
            ExceptionDispatchInfo.Throw(fault);
        }

        await _transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Db.DisposeAsync();
    }
}
