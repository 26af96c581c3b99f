using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>Registers the database and brings it up to date.</summary>
public static class DataServices
{
    // At each start rather than in a migration: SQLite drops a table's triggers where a later migration builds the table anew, and a file that was restored may have others of these names.
    private const string AuditIsAppendOnly = """
        DROP TRIGGER IF EXISTS "AuditEntries_NoUpdate"; DROP TRIGGER IF EXISTS "AuditEntries_NoDelete"; DROP TRIGGER IF EXISTS "AuditEntries_NoReplace";
        CREATE TRIGGER "AuditEntries_NoUpdate" BEFORE UPDATE ON "AuditEntries" BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END;
        CREATE TRIGGER "AuditEntries_NoReplace" BEFORE INSERT ON "AuditEntries" WHEN EXISTS (SELECT 1 FROM "AuditEntries" WHERE "Id" = NEW."Id")
            BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END;
        CREATE TRIGGER "AuditEntries_NoDelete" BEFORE DELETE ON "AuditEntries" BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END;
        """;

    // EF Core keeps this in the database itself and waits for ever for who died with it. Nobody else migrates: the data folder is claimed.
    private const string NobodyMigrates = """DROP TABLE IF EXISTS "__EFMigrationsLock" """;

    /// <param name="services">The application's services.</param>
    /// <param name="path">The database's file.</param>
    public static IServiceCollection AddScoutData(this IServiceCollection services, string path)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        services.AddDbContextFactory<SqliteScoutDb>(options => options.UseSqlite(connection).AddInterceptors(new ShortWaits()));
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<IDbContextFactory<ScoutDb>, ScoutDbFactory<SqliteScoutDb>>();
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContext());
        return services;
    }

    /// <summary>The database in a file that is there, only to be read, beside a dashboard that uses it.</summary>
    public static ScoutDb OpenToRead(string path) => new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = 30 }.ToString()).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);

    /// <summary>The database in a file that is there, beside a dashboard that may use it.</summary>
    public static ScoutDb Open(string path) => new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, ForeignKeys = true, Pooling = false, DefaultTimeout = 30 }.ToString()).Options);

    /// <summary>Every migration that this version knows, oldest first.</summary>
    public static IReadOnlyList<string> Migrations { get; } = ReadMigrations();

    /// <summary>Whether its tables are those of this version.</summary>
    public static async Task<bool> IsCurrentAsync(ScoutDb db, CancellationToken cancellationToken) =>
        (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).LastOrDefault() == db.Database.GetMigrations().Last();

    /// <summary>Applies migrations, fills what they could not, and switches SQLite to write-ahead logging.</summary>
    /// <exception cref="NewerSchemaException">A newer version made the database; it is untouched.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync(cancellationToken);
        if ((await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(Migrations, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new NewerSchemaException(unknown);
        }

        if (db.Database.IsSqlite())
        {
            await ShrinkableFile.PrepareAsync(db, cancellationToken);
            await db.Database.ExecuteSqlRawAsync(NobodyMigrates, cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
        if (db.Database.IsSqlite())
        {
            await ShrinkableFile.ConvertAsync(db, services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ShrinkableFile)), cancellationToken);
            await db.Database.ExecuteSqlRawAsync(AuditIsAppendOnly, cancellationToken);
        }

        await LayerChains.FillAsync(db, cancellationToken);
    }

    private static string[] ReadMigrations()
    {
        using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite("Data Source=:memory:").Options);
        return [.. db.Database.GetMigrations()];
    }
}
