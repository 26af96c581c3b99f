using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class UbuntuBinariesMigrationTests
{
    [Fact]
    public async Task OfRecordsThatListThePackagesOfASourceTheWholeIsAskedAgain()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("LastKnownAffected");
        foreach (var id in (string[])["USN-1-1", "DEBIAN-CVE-2026-0001"])
        {
            db.Advisories.Add(new Advisory { Id = id, Document = [1], Matching = [0x57] });
        }

        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = "USN-1-1", Ecosystem = "Ubuntu:22.04:LTS", EcosystemBase = "Ubuntu", Name = "a" });
        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = "DEBIAN-CVE-2026-0001", Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = "a" });
        db.Feeds.AddRange(new FeedState { Key = "Ubuntu", Position = "{}" }, new FeedState { Key = "Debian", Position = "{}" });
        db.Components.Add(new Component { Purl = "pkg:npm/a@1", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "a", Version = "1", AdvisoryName = "a", AdvisoryVersion = "1", NeedsMatch = false });
        await db.SaveChangesAsync();

        await db.GetService<IMigrator>().MigrateAsync("UbuntuBinaries");

        Assert.Equal(["DEBIAN-CVE-2026-0001"], await db.Advisories.AsNoTracking().Where(a => a.Matching != null).Select(a => a.Id).ToListAsync());
        // So that they are stored again though the archive did not change, and what is found is matched anew.
        Assert.Equal(["Debian"], await db.Feeds.AsNoTracking().Where(f => f.Position != null).Select(f => f.Key).ToListAsync());
        Assert.True((await db.Components.AsNoTracking().SingleAsync()).NeedsMatch);
    }
}
