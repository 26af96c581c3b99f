using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class OtherCvesMigrationTests
{
    [Fact]
    public async Task APackageOfWhichAnotherCveIsKnownIsMatchedAgain()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("AdvisoryIndexes");
        foreach (var (id, reason) in (IEnumerable<(int, string?)>)[(1, "Affected up to 2.0. Also called CVE-2024-2222."), (2, "Affected up to 2.0."), (3, null)])
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Components" ("Id", "Purl", "Type", "Ecosystem", "EcosystemBase", "Name", "Version", "AdvisoryName", "AdvisoryVersion", "NeedsMatch", "MatchedAt")
                VALUES ({id}, {$"pkg:npm/{id}"}, 'npm', 'npm', 'npm', 'left', '1', 'left', '1', 0, '2026-01-01')
                """);
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Findings" ("ComponentId", "VulnerabilityId", "AdvisoryId", "Verdict", "Reason", "Severity", "FixState", "FirstSeenAt")
                VALUES ({id}, 'CVE-2024-1111', 'GHSA-1', 'Affected', {reason}, 3, 'NoFix', '2026-01-01')
                """);
        }

        // Not further: a later one matches all anew.
        await db.GetService<IMigrator>().MigrateAsync("OtherCves");

        Assert.Equal([1], await db.Database.SqlQueryRaw<int>("""SELECT "Id" AS "Value" FROM "Components" WHERE "NeedsMatch" = 1""").ToListAsync());
    }
}
