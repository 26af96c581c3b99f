using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Data;

public sealed class MemberChangeTests
{
    [Fact]
    public async Task ADatabaseThatRefusesALineIsToldAsEveryOtherFaultOfIt()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var db = database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("""CREATE TRIGGER "Full" BEFORE INSERT ON "AuditEntries" BEGIN SELECT RAISE(ABORT, 'full'); END""");
        }

        await using var change = await BeginAsync(database);
        change.Note(AuditAction.SignedOut, "ada");

        Assert.Contains("full", (await Assert.ThrowsAsync<SqliteException>(() => change.CommitAsync(default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARowThatIsThereAlreadyIsToldAsSuch()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var change = await BeginAsync(database);
        change.Db.Add(new Organization { Id = 1, Name = "Another" });

        Assert.True(change.Db.IsDuplicate(await Assert.ThrowsAsync<DbUpdateException>(() => change.CommitAsync(default))));
    }

    private static Task<MemberChange> BeginAsync(TestDatabase database) =>
        MemberChange.BeginAsync(database, TestActor.Viewer, MemberRole.Viewer, new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero)), default);
}
