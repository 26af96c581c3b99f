using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Makes the organization and its first account, once.</summary>
public sealed class SetupService(IDbContextFactory<ScoutDb> databases, IServiceScopeFactory scopes, SetupLink link, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Whether no account exists yet.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return !await db.Users.AnyAsync(cancellationToken);
    }

    /// <summary>Makes both, or says why not; the link is void as soon as an account exists.</summary>
    /// <param name="address">IP address, for the audit log.</param>
    public async Task<SetupOutcome> CreateAsync(string? token, string organization, string name, string password, string address, CancellationToken cancellationToken)
    {
        if (!link.Matches(token))
        {
            return new SetupOutcome(SetupState.WrongLink, null, []);
        }

        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!await IsNeededAsync(cancellationToken))
            {
                return new SetupOutcome(SetupState.AlreadyDone, null, []);
            }

            await using var scope = scopes.CreateAsyncScope();
            // The account's manager saves by the same context: there is no account without its line.
            var db = scope.ServiceProvider.GetRequiredService<ScoutDb>();
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            var now = clock.GetUtcNow().UtcDateTime;
            var account = new Account
            {
                UserName = name,
                Role = MemberRole.Administrator,
                LockoutEnabled = true,
                CreatedAt = now,
                Organization = new Organization { Name = organization, CreatedAt = now },
            };
            var result = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account, password);
            if (!result.Succeeded)
            {
                return new SetupOutcome(SetupState.Refused, null, [.. result.Errors.Select(e => e.Description)]);
            }

            db.Audit.Add(SessionService.Line(account, AuditAction.OrganizationSetUp, address, now));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new SetupOutcome(SetupState.Created, account, []);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();
}

/// <summary>How the set-up went; <paramref name="Reasons"/> are sentences for a person.</summary>
public sealed record SetupOutcome(SetupState State, Account? Account, IReadOnlyList<string> Reasons);

/// <summary>The ways in which a set-up ends.</summary>
public enum SetupState { Created, WrongLink, AlreadyDone, Refused }
