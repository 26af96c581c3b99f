using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Support;

/// <summary>A SQLite database of its own in a temporary file, as the app sets it up; holds the members of <see cref="TestActor"/> and their organizations, 1 and 2.</summary>
public sealed class TestDatabase : IDbContextFactory<ScoutDb>, IAsyncDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"scout-test-{Guid.NewGuid():n}.db");

    private TestDatabase()
    {
    }

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase();
        await using var db = database.CreateDbContext();
        await db.Database.EnsureCreatedAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL;");
        db.Organizations.Add(new Organization { Id = 1, Name = "Contoso", CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
        await db.SaveChangesAsync();
        await TestActor.AddAllAsync(db);
        return database;
    }

    public ScoutDb CreateDbContext() => Open([]);

    /// <summary>Contexts whose commands these see.</summary>
    public IDbContextFactory<ScoutDb> With(params IInterceptor[] interceptors) => new Watched(this, interceptors);


    /// <summary>Adds a connected integration with one repository and returns the repository's id.</summary>
    public async Task<long> AddRepositoryAsync(string name = "team/app", bool enabled = true, string hostname = "contoso.azurecr.io")
    {
        await using var db = CreateDbContext();
        var integration = await db.Integrations.SingleOrDefaultAsync(i => i.Hostname == hostname) ?? db.Integrations.Add(new Integration
        {
            OrganizationId = 1, Hostname = hostname, ActiveHostname = hostname, State = IntegrationState.Connected,
            TokenName = "docker-scout-readonly-token", WebhookKeyHash = Guid.NewGuid().ToByteArray(), ProtectedWebhookKey = "",
            TemplateKeyHash = Guid.NewGuid().ToByteArray(), ProtectedTemplateKey = "",
        }).Entity;
        var repository = new Repository { Integration = integration, Name = name, Enabled = enabled };
        db.Repositories.Add(repository);
        await db.SaveChangesAsync();
        return repository.Id;
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        var files = Directory.GetFiles(Path.GetTempPath(), $"{Path.GetFileName(_path)}*");
        var contents = files.Select(file => ("a database", File.ReadAllBytes(file))).ToList();
        foreach (var file in files)
        {
            File.Delete(file);
        }

        SecretSearch.Check(contents);
        return ValueTask.CompletedTask;
    }

    private SqliteScoutDb Open(IInterceptor[] interceptors)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = _path, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        return new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).AddInterceptors(interceptors).Options);
    }

    private sealed class Watched(TestDatabase database, IInterceptor[] interceptors) : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => database.Open(interceptors);
    }
}
