using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class AdvisoryMigrationTests
{
    [Fact]
    public async Task AdvisoriesKeepTheirPackages()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = Open(connection);
        await db.GetService<IMigrator>().MigrateAsync("TokenExpiry");
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO "Advisories" ("Id", "Modified", "Summary", "Origin", "FirstReadAt", "ReadAt", "Document")
            VALUES ('GHSA-1', '2026-01-01 00:00:00', 'a', 'OSV', '2026-01-01 00:00:00', '2026-01-01 00:00:00', x'28B52FFD');
            INSERT INTO "AffectedPackages" ("AdvisoryId", "Ecosystem", "EcosystemBase", "Name") VALUES ('GHSA-1', 'Debian:12', 'Debian', 'a'), ('GHSA-1', 'Debian:12', 'Debian', 'b'), ('GHSA-1', 'Debian:12', 'Debian', 'b');
            """);

        await db.Database.MigrateAsync();

        var advisory = await db.Advisories.SingleAsync();
        Assert.Equal(("GHSA-1", 4), (advisory.Id, advisory.Document.Length));
        Assert.Null(advisory.Matching);
        Assert.EndsWith("WITHOUT ROWID", await db.Database.SqlQuery<string>($"SELECT sql AS Value FROM sqlite_master WHERE name = 'AffectedPackages'").SingleAsync(), StringComparison.Ordinal);
        Assert.Equal(["Debian/Debian:12/a", "Debian/Debian:12/b"], await db.AffectedPackages.OrderBy(p => p.Name).Select(p => $"{p.EcosystemBase}/{p.Ecosystem}/{p.Name}").ToListAsync());
        await db.Advisories.ExecuteDeleteAsync();
        Assert.Empty(await db.AffectedPackages.ToListAsync());
    }

    /// <summary>Whoever is killed while one runs would have to mend the database by hand.</summary>
    [Fact]
    public async Task NoMigrationLeavesItsTransaction()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = Open(connection, options => options.ConfigureWarnings(warnings => warnings.Throw(RelationalEventId.NonTransactionalMigrationOperationWarning)));

        await db.Database.MigrateAsync();

        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    private static SqliteScoutDb Open(SqliteConnection connection, Action<DbContextOptionsBuilder>? configure = null)
    {
        var options = new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection);
        configure?.Invoke(options);
        return new SqliteScoutDb(options.Options);
    }
}
