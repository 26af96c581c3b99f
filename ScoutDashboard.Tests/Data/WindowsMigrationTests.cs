using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class WindowsMigrationTests
{
    [Fact]
    public async Task AWindowsThatIsStoredIsMatchedFromThenOn()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("NuGetStandIn");
        foreach (var (type, version) in (IEnumerable<(string, string)>)[("windows", "10.0.20348.2527"), ("windows", "10.0.20348"), ("windows", "10.0.20348.1.2"), ("generic", "10.0.20348.1")])
        {
            // As the schema was then, whatever columns come later.
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Components" ("Purl", "Type", "Ecosystem", "EcosystemBase", "Name", "Version", "AdvisoryName", "AdvisoryVersion", "NeedsMatch", "MatchedAt")
                VALUES ({$"pkg:{type}/{version}"}, {type}, '', '', 'windows-server', {version}, 'windows-server', {version}, 0, '2026-01-01')
                """);
        }

        // Not further: a later one matches all anew.
        await db.GetService<IMigrator>().MigrateAsync("WindowsAdvisories");

        Assert.Equal(
            ["10.0.20348|||0", "10.0.20348.1|||0", "10.0.20348.1.2|||0", "10.0.20348.2527|Windows:10.0.20348|Windows|1"],
            await db.Database.SqlQueryRaw<string>("""SELECT "Version" || '|' || "Ecosystem" || '|' || "EcosystemBase" || '|' || "NeedsMatch" AS "Value" FROM "Components" ORDER BY "Version" """).ToListAsync());
    }
}
