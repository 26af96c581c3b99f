using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class AuditTriggerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-trigger-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AtEachStartTheAuditLogIsAppendOnlyWhateverTheFileSays()
    {
        await using var services = new ServiceCollection().AddLogging().AddScoutData(Path.Combine(_folder.FullName, "scout.db")).BuildServiceProvider();
        await DataServices.MigrateAsync(services, default);
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO "Organizations" ("Id", "Name", "CreatedAt") VALUES (1, 'Contoso', '2026-01-01');
            DROP TRIGGER "AuditEntries_NoDelete";
            CREATE TRIGGER "AuditEntries_NoDelete" BEFORE DELETE ON "AuditEntries" BEGIN UPDATE "Organizations" SET "Name" = 'Fabrikam'; END;
            """);
        db.Audit.Add(new AuditEntry { OrganizationId = 1, Name = "ada", Subject = "", Address = "" });
        await db.SaveChangesAsync();

        await DataServices.MigrateAsync(services, default);

        await Assert.ThrowsAsync<SqliteException>(() => db.Database.ExecuteSqlRawAsync("""DELETE FROM "AuditEntries" """));
        await Assert.ThrowsAsync<SqliteException>(() => db.Database.ExecuteSqlRawAsync("""UPDATE "AuditEntries" SET "Name" = 'eve'"""));
        Assert.Equal(("Contoso", 1), (await db.Organizations.Select(o => o.Name).SingleAsync(), await db.Audit.CountAsync()));
    }
}
