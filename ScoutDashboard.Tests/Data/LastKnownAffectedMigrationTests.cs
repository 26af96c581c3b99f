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

        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = "GHSA-2222-3333-4444", Ecosystem = "npm", EcosystemBase = "npm", Name = "a" });
        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = "DEBIAN-CVE-2026-0001", Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = "a" });
        db.Feeds.AddRange(new FeedState { Key = "npm", Position = "{}" }, new FeedState { Key = "Debian", Position = "{}" });
        db.Components.Add(new Component { Purl = "pkg:npm/a@1", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "a", Version = "1", AdvisoryName = "a", AdvisoryVersion = "1", NeedsMatch = false });
        await db.SaveChangesAsync();

        await db.Database.MigrateAsync();

        Assert.Equal(["DEBIAN-CVE-2026-0001"], await db.Advisories.AsNoTracking().Where(a => a.Matching != null).Select(a => a.Id).ToListAsync());
        // So that they are stored again though the archive did not change, and what they say of the last version is matched.
        Assert.Equal(["Debian"], await db.Feeds.AsNoTracking().Where(f => f.Position != null).Select(f => f.Key).ToListAsync());
        Assert.True((await db.Components.AsNoTracking().SingleAsync()).NeedsMatch);
    }
}
