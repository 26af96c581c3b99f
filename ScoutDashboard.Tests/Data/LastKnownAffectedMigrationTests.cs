using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class LastKnownAffectedMigrationTests
{
    [Fact]
    public async Task OfRecordsThatMayTellTheLastAffectedVersionTheWholeIsAskedAgain()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("AzureWatch");
        foreach (var id in (string[])["GHSA-2222-3333-4444", "DEBIAN-CVE-2026-0001"])
        {
            db.Advisories.Add(new Advisory { Id = id, Document = [1], Matching = [0x4F] });
        }

        await db.SaveChangesAsync();

        await db.Database.MigrateAsync();

        Assert.Equal(["DEBIAN-CVE-2026-0001"], await db.Advisories.AsNoTracking().Where(a => a.Matching != null).Select(a => a.Id).ToListAsync());
    }
}
