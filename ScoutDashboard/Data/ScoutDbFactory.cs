using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>Gives the provider's context where the abstract one is asked for: <see cref="IDbContextFactory{TContext}"/> is not covariant.</summary>
public sealed class ScoutDbFactory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<ScoutDb>
    where TContext : ScoutDb
{
    public ScoutDb CreateDbContext() => inner.CreateDbContext();

    public async Task<ScoutDb> CreateDbContextAsync(CancellationToken cancellationToken) => await inner.CreateDbContextAsync(cancellationToken);
}
