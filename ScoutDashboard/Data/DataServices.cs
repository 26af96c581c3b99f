using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>Registers the database and brings it up to date.</summary>
public static class DataServices
{
    /// <param name="services">The application's services.</param>
    /// <param name="path">The database's file.</param>
    public static IServiceCollection AddScoutData(this IServiceCollection services, string path)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        services.AddDbContextFactory<SqliteScoutDb>(options => options.UseSqlite(connection));
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<IDbContextFactory<ScoutDb>, ScoutDbFactory<SqliteScoutDb>>();
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContext());
        return services;
    }

    /// <summary>Applies migrations, fills what they could not, and switches SQLite to write-ahead logging.</summary>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        if (db.Database.IsSqlite())
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL;", cancellationToken);
        }

        await LayerChains.FillAsync(db, cancellationToken);
    }
}
