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
            db.Components.Add(new Component
            {
                Purl = $"pkg:{type}/{version}", Type = type, Ecosystem = "", EcosystemBase = "", Name = "windows-server", Version = version, AdvisoryName = "windows-server", AdvisoryVersion = version, NeedsMatch = false,
            });
        }

        await db.SaveChangesAsync();
        await db.Database.MigrateAsync();

        Assert.Equal(
            [("10.0.20348", "", "", false), ("10.0.20348.1", "", "", false), ("10.0.20348.1.2", "", "", false), ("10.0.20348.2527", "Windows:10.0.20348", "Windows", true)],
            (await db.Components.AsNoTracking().OrderBy(c => c.Version).ToListAsync()).Select(c => (c.Version, c.Ecosystem, c.EcosystemBase, c.NeedsMatch)));
    }
}
