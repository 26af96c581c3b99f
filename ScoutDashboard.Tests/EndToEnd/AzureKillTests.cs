using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>
/// The built program with the machine's identity, killed at each call that changes something in Azure, and at each question how far that is: in every other run before Azure does
/// what it was asked for, in the others right after, unheard. Every run goes on from where the one before was killed. What only reads is stopped at in tests of the services.
/// </summary>
public sealed class AzureKillTests : IAsyncLifetime
{
    private const int Killed = 137;
    private const int MostRuns = 80;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-azure-kill-");
    private ArmDouble _arm = null!;
    private WebApplication _identity = null!;
    private string _registry = "";

    private string Group => _registry[.._registry.IndexOf("/providers/", StringComparison.Ordinal)];

    private string Topic => $"{Group}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    private string[] Made => [Topic, $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}", $"{_registry}/tokens/{AzureNames.Token}"];

    public async Task InitializeAsync()
    {
        _arm = await ArmDouble.StartAsync();
        _arm.Rounds = 1;
        _registry = _arm.World.AddRegistry("contoso");
        _identity = await MachineIdentityAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "arm.pem"), _arm.Pem);
        await using var services = new ServiceCollection().AddLogging().AddScoutData(Path.Combine(_folder.FullName, "scout.db")).BuildServiceProvider();
        await DataServices.MigrateAsync(services, CancellationToken.None);
        await using (var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" });
            await db.SaveChangesAsync();
        }

        SqliteConnection.ClearAllPools();
    }

    public async Task DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _identity.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task HoweverOftenItIsKilledADeploymentAndACleanUpEndAsIfItNeverWas()
    {
        // The registry itself is not there to be tested: all else is.
        var connected = await RunToItsEndAsync("connect", "contoso", "--yes");

        Assert.Equal(3, connected.ExitCode);
        Assert.Contains("token docker-scout-readonly-token: Succeeded.", connected.Error, StringComparison.Ordinal);
        Assert.All(Made, id => Assert.NotNull(_arm.World.Find(id)));
        await using (var db = Open())
        {
            Assert.Equal(1, await db.Integrations.CountAsync(i => i.RemovedAt == null));
            Assert.Equal(1, await db.Integrations.CountAsync());
        }

        var removed = await RunToItsEndAsync("remove", "contoso", "--yes");

        Assert.Equal(0, removed.ExitCode);
        Assert.All(Made, id => Assert.Null(_arm.World.Find(id)));
        await using var after = Open();
        Assert.Equal(0, await after.Integrations.CountAsync(i => i.RemovedAt == null));
        Assert.Equal((2, 0), (await after.CleanupTasks.CountAsync(), await after.CleanupTasks.CountAsync(task => task.DoneAt == null)));
        Assert.Equal(1, await after.Audit.CountAsync(line => line.Action == AuditAction.IntegrationRemoved));
        Assert.Equal("ok", await after.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").AsAsyncEnumerable().SingleAsync());
    }

    // The first run is killed at the first of these calls, the second at its second: until one comes to its end before.
    private async Task<ShellRun> RunToItsEndAsync(params string[] verb)
    {
        for (var last = 1; last <= MostRuns; last++)
        {
            var calls = 0;
            Process? process = null;
            _arm.Trouble = context =>
            {
                if ((HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.Value!.Contains("operation", StringComparison.OrdinalIgnoreCase)) || Interlocked.Increment(ref calls) != last)
                {
                    return Task.FromResult(false);
                }

                var isBefore = last % 2 == 1;
                if (isBefore)
                {
                    process!.Kill();
                    context.Abort();
                }
                else
                {
                    context.Response.OnStarting(() =>
                    {
                        process!.Kill();
                        return Task.CompletedTask;
                    });
                }

                return Task.FromResult(isBefore);
            };
            var run = await ShellRun.RunAsync(_folder.FullName, Environment(), "", ["azure", .. verb], begun => process = begun);
            if (run.ExitCode != Killed)
            {
                Assert.True(last > 3, $"It was killed {last - 1} times only; exit code {run.ExitCode}: {run.Output}{run.Error}");
                return run;
            }
        }

        throw new InvalidOperationException("It never came to its end.");
    }

    // Nothing but the doubles is reached: what goes elsewhere meets a proxy that is not there.
    private Dictionary<string, string> Environment() => new()
    {
        ["Scout__DataDirectory"] = _folder.FullName, ["Scout__PublicUrl"] = "https://scout.example.com", ["Azure__Identity"] = "managed", ["Azure__ResourceManager"] = _arm.Endpoint.Address.AbsoluteUri,
        ["Outbound__AllowedNetworks"] = "127.0.0.0/8", ["IDENTITY_ENDPOINT"] = $"{_identity.Urls.Single()}/msi/token", ["IDENTITY_HEADER"] = "of-the-tests",
        ["SSL_CERT_FILE"] = Path.Combine(_folder.FullName, "arm.pem"), ["HTTPS_PROXY"] = "http://127.0.0.1:9", ["HTTP_PROXY"] = "", ["NO_PROXY"] = "127.0.0.1",
    };

    private SqliteScoutDb Open() => new(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder.FullName, "scout.db"), Pooling = false }.ToString()).Options);

    // As App Service and Container Apps have it (learn: overview-managed-identity, REST endpoint reference).
    private static async Task<WebApplication> MachineIdentityAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/msi/token", (HttpRequest request) => request.Headers["X-IDENTITY-HEADER"] == "of-the-tests"
            ? Results.Json(new { access_token = ArmDouble.Token, expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), resource = (string?)request.Query["resource"], token_type = "Bearer" })
            : Results.Unauthorized());
        await app.StartAsync();
        return app;
    }
}
