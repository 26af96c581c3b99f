using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class AuditTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task SigningInFailingAndSigningOutAreWrittenDown()
    {
        using var browser = await _app.SignInAsync();
        var page = await browser.GetStringAsync("/settings");
        using var signedOut = await browser.PostAsync("/sign-out", new FormUrlEncodedContent(ScoutApp.HiddenFields(page)));
        using var wrong = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = TestSecrets.Of("wrong password") });
        using var unknown = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = "my secret password", ["Input.Password"] = ScoutApp.UserName });

        var lines = await LinesAsync();

        Assert.Equal(
            [(AuditAction.OrganizationSetUp, "ada", "ada"), (AuditAction.SignedIn, "ada", "ada"), (AuditAction.SignedOut, "ada", "ada"), (AuditAction.SignInFailed, "", "ada"), (AuditAction.SignInFailed, "", "")],
            lines.Select(line => (line.Action, line.Name, line.Subject)));
        // People type their password into the field of the name.
        Assert.DoesNotContain(lines, line => $"{line.Subject} {line.Detail}".Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AChangeAndItsLineAreKeptTogetherOrNotAtAll()
    {
        await _app.SetUpAsync();
        var actor = await _app.ActorAsync();
        var databases = _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>();
        await using (var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, TimeProvider.System, default))
        {
            change.Note(AuditAction.FeedsRefreshed, "left undone");
            await change.Db.SaveChangesAsync();
        }

        Assert.True(RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname));
        await _app.Services.GetRequiredService<IntegrationService>().AddAsync(actor, hostname, default);

        var line = (await LinesAsync())[^1];
        Assert.Equal((AuditAction.IntegrationAdded, "ada", "contoso.azurecr.io", "192.0.2.7", actor.AccountId), (line.Action, line.Name, line.Subject, line.Address, line.AccountId));
        Assert.DoesNotContain(await LinesAsync(), l => l.Subject == "left undone");
    }

    [Fact]
    public async Task ThereIsNoFirstAccountWithoutItsLine()
    {
        // The table's own rule refuses the line.
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("""CREATE TRIGGER "NoLine" BEFORE INSERT ON "AuditEntries" BEGIN SELECT RAISE(ABORT, 'no line'); END""");
        }

        await Assert.ThrowsAsync<DbUpdateException>(_app.SetUpAsync);

        await using var after = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        Assert.Equal((0, 0), (await after.Users.CountAsync(), await after.Organizations.CountAsync()));
    }

    [Theory]
    [InlineData("""UPDATE "AuditEntries" SET "Name" = 'nobody'""")]
    [InlineData("""DELETE FROM "AuditEntries" """)]
    [InlineData("""
        INSERT OR REPLACE INTO "AuditEntries" ("Id", "OrganizationId", "At", "Action", "Name", "Subject", "Detail", "Address")
        SELECT "Id", "OrganizationId", "At", "Action", 'nobody', "Subject", "Detail", "Address" FROM "AuditEntries"
        """)]
    public async Task TheDatabaseRefusesToChangeOrDeleteALine(string sql)
    {
        await _app.SetUpAsync();
        var before = await LinesAsync();
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

        var refusal = await Assert.ThrowsAsync<SqliteException>(() => db.Database.ExecuteSqlRawAsync(sql));

        Assert.Contains("only ever added to", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(before);
        Assert.Equal(before.Select(l => (l.Id, l.Name)), (await LinesAsync()).Select(l => (l.Id, l.Name)));
    }

    [Fact]
    public async Task WhoHadAnAccountBeforeThereWereRolesIsAnAdministrator()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("AdvisoryIndexes");
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Organizations" ("Id", "Name", "CreatedAt") VALUES (1, 'Contoso', '2026-01-01 00:00:00');
            INSERT INTO "AspNetUsers" ("Id", "UserName", "OrganizationId", "CreatedAt", "EmailConfirmed", "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
            VALUES ('a', 'ada', 1, '2026-01-01 00:00:00', 0, 0, 0, 1, 0);
            """);

        await db.Database.MigrateAsync();

        Assert.Equal(MemberRole.Administrator, (await db.Users.AsNoTracking().SingleAsync()).Role);
    }

    private async Task<IReadOnlyList<AuditEntry>> LinesAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        return await db.Audit.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
    }
}
