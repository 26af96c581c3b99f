using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Repositories;

/// <summary>Brings the names of a registry's repositories into the database, page by page as the catalogue streams.</summary>
public sealed class CatalogSync(IDbContextFactory<ScoutDb> databases, RegistryAccessProvider accesses, RegistryClient registry, TimeProvider clock)
{
    private const int Batch = 200;
    private const int MaxRepositories = 100_000;
    private const int MaxNameLength = 255;
    private const int NamesInALine = 3;

    /// <summary>Asks the registry and keeps what is new, with one line in the audit log where something is.</summary>
    /// <exception cref="ForbiddenException">The actor is no editor, or no longer.</exception>
    /// <param name="progress">Told how many names came so far.</param>
    public async Task<CatalogResult> SyncAsync(Actor actor, long integrationId, IProgress<int> progress, CancellationToken cancellationToken)
    {
        if (!await MayListAsync(actor, integrationId, cancellationToken) || await accesses.FindAsync(integrationId, cancellationToken) is not { } access)
        {
            return new CatalogResult(0, CatalogProblem.NotConnected, "This registry has nothing to sign in by, or was removed.");
        }

        var seenAt = clock.GetUtcNow().UtcDateTime;
        var found = 0;
        var isNoted = false;
        try
        {
            await foreach (var names in registry.ListRepositoriesAsync(access, cancellationToken).Where(name => name.Length is > 0 and <= MaxNameLength).Take(MaxRepositories).Chunk(Batch).WithCancellation(cancellationToken))
            {
                isNoted = await StoreAsync(actor, integrationId, names, seenAt, isNoted, cancellationToken);
                found += names.Length;
                progress.Report(found);
            }
        }
        catch (RegistryException exception)
        {
            await accesses.ReportAsync(integrationId, exception, cancellationToken);
            return new CatalogResult(found, exception.Error == RegistryError.CatalogDenied ? CatalogProblem.Denied : CatalogProblem.Unreachable, exception.Message) { IsByIdentity = access.Identity is not null };
        }

        await accesses.ReportAsync(integrationId, null, cancellationToken);
        await FinishAsync(integrationId, seenAt, cancellationToken);
        return new CatalogResult(found, found == 0 ? CatalogProblem.Empty : CatalogProblem.None, null) { IsByIdentity = access.Identity is not null };
    }

    private async Task<bool> MayListAsync(Actor actor, long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Editor, clock, cancellationToken);
        return await db.Integrations.AnyAsync(i => i.Id == integrationId && i.OrganizationId == actor.OrganizationId, cancellationToken);
    }

    private async Task FinishAsync(long integrationId, DateTime seenAt, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(i => i.Id == integrationId).ExecuteUpdateAsync(set => set.SetProperty(i => i.ListedAt, seenAt), cancellationToken);
    }

    // The line is kept with the first names that are new, so that no end in the middle leaves names that nobody asked for.
    private async Task<bool> StoreAsync(Actor actor, long integrationId, IReadOnlyCollection<string> names, DateTime seenAt, bool isNoted, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        var ours = change.Db.Repositories.Where(r => r.IntegrationId == integrationId && names.Contains(r.Name));
        await ours.ExecuteUpdateAsync(set => set.SetProperty(r => r.SeenAt, seenAt), cancellationToken);
        var added = names.Except(await ours.Select(r => r.Name).ToListAsync(cancellationToken), StringComparer.Ordinal).ToList();
        change.Db.Repositories.AddRange(added.Select(name => new Repository { IntegrationId = integrationId, Name = name, SeenAt = seenAt }));
        if (added.Count > 0 && !isNoted)
        {
            var hostname = await change.Db.Integrations.Where(i => i.Id == integrationId).Select(i => i.Hostname).SingleAsync(cancellationToken);
            change.Note(AuditAction.RepositoriesFound, hostname, string.Join(", ", added.Take(NamesInALine)) + (added.Count > NamesInALine ? ", …" : ""));
        }

        await change.CommitAsync(cancellationToken);
        return isNoted || added.Count > 0;
    }
}

/// <summary>How a look at the catalogue ended. Failure is one sentence for a person where the problem has one.</summary>
public sealed record CatalogResult(int Found, CatalogProblem Problem, string? Failure)
{
    /// <summary>Whether the dashboard's own identity looked, not a token.</summary>
    public bool IsByIdentity { get; init; }
}

/// <summary>Empty: the registry answered with no names, as it also does where the token may not list (ACR, scope map without <c>*</c>).</summary>
public enum CatalogProblem { None, Empty, Denied, Unreachable, NotConnected }
