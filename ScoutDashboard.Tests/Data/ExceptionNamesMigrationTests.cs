using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class ExceptionNamesMigrationTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task ImagesAreCountedAnewWhereThereAreExceptions(bool isExcepted, int due)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:;Foreign Keys=False");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("AzureConsents");
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO "Images" ("RepositoryId", "Digest", "Kind", "Size", "State", "Gaps", "Packages", "FixableCriticalHigh", "Accepted", "Unmatched", "CountsDue")
            VALUES (1, 'sha256:aa', 'Image', 1, 'Analysed', '[]', 1, 0, 1, '', 0)
            """);
        if (isExcepted)
        {
            await db.Database.ExecuteSqlRawAsync("""
                INSERT INTO "Exceptions" ("OrganizationId", "VulnerabilityId", "Type", "Details", "CreatedAt", "CreatedBy") VALUES (1, 'CVE-2026-1', 'AcceptedRisk', 'why', '2026-01-01', 'eve')
                """);
        }

        await db.GetService<IMigrator>().MigrateAsync("ExceptionNames");

        Assert.Equal([due], await db.Database.SqlQueryRaw<int>("""SELECT "CountsDue" AS "Value" FROM "Images" """).ToListAsync());
    }
}
