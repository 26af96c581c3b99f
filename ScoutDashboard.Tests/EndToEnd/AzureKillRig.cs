using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>The built program with the machine's identity, Azure and contoso as doubles, and a hand that kills the program at a moment of its own choice.</summary>
internal sealed partial class AzureKillRig : IAsyncDisposable
{
    /// <summary>After how long whoever was killed is followed, at the latest.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(2);

    private const int Killed = 137;
    private const int MostKills = 80;
    private const string Host = "contoso.azurecr.io";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-azure-kill-");
    private readonly AcrDouble _acr = new();
    private readonly HttpMessageInvoker _toAcr;
    private readonly WebApplication _identity;
    private Func<HttpContext, Task<bool>> _stop = _ => Task.FromResult(false);
    private HttpsServer _server = null!;
    private TunnelProxy _proxy = null!;

    private AzureKillRig(ArmDouble arm, WebApplication identity)
    {
        (Arm, _identity, _toAcr) = (arm, identity, new HttpMessageInvoker(_acr));
        Registry = arm.World.AddRegistry("contoso", madeAt: DateTimeOffset.UtcNow);
        (arm.Rounds, arm.Wait, arm.Trouble, _acr.Accepts) = (1, 0, context => _stop(context), password => arm.World.Accepts(Token, password));
    }

    public ArmDouble Arm { get; }

    /// <summary>Its id in Azure.</summary>
    public string Registry { get; }

    public string Token => $"{Registry}/tokens/{AzureNames.Token}";

    /// <summary>Those that the token has in Azure.</summary>
    public IEnumerable<string> Passwords => Arm.World.Find(Token)!["properties"]!["credentials"]!["passwords"]!.AsArray().Select(item => (string)item!["name"]!);

    public static async Task<AzureKillRig> StartAsync()
    {
        var rig = new AzureKillRig(await ArmDouble.StartAsync(), await MachineIdentityAsync());
        rig._server = await HttpsServer.StartAsync(rig.AnswerAsync, Host);
        rig._proxy = new TunnelProxy(Host, rig._server.Address);
        await File.WriteAllTextAsync(rig.Certificates, rig.Arm.Pem + "\n" + rig._server.Pem);
        await using var services = new ServiceCollection().AddLogging().AddScoutData(rig.DatabasePath).BuildServiceProvider();
        await DataServices.MigrateAsync(services, CancellationToken.None);
        await using (var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" });
            await db.SaveChangesAsync();
        }

        SqliteConnection.ClearAllPools();
        return rig;
    }

    /// <summary>Runs <c>azure …</c> to its end.</summary>
    public Task<ShellRun> RunAsync(params string[] verb) => RunAsync(_ => { }, verb);

    /// <summary>
    /// Runs <c>azure …</c> again and again, each time killed at the first call of its kind that none was killed at before, until it comes to its end. At a call that changes something
    /// two are: before Azure does what it was asked for, and right after, unheard. In every other death Azure comes to the end of what it began before somebody asks again.
    /// </summary>
    /// <param name="counts">At which calls to Azure and to the registry.</param>
    /// <param name="afterKill">What is so whenever it was killed.</param>
    public async Task<ShellRun> RunToItsEndAsync(Func<HttpRequest, bool> counts, Func<Task> afterKill, params string[] verb)
    {
        var known = new ConcurrentDictionary<string, bool>();
        for (var kills = 0; kills <= MostKills; kills++)
        {
            Process? process = null;
            _stop = context =>
            {
                var call = $"{context.Request.Method} {OfOne().Replace(context.Request.Path.Value!, "")}";
                if (!counts(context.Request) || process is null)
                {
                    return Task.FromResult(false);
                }

                if (known.TryAdd(call, true))
                {
                    process.Kill();
                    context.Abort();
                    return Task.FromResult(true);
                }

                if (!HttpMethods.IsGet(context.Request.Method) && known.TryAdd($"{call}, done", true))
                {
                    var last = process;
                    context.Response.OnStarting(() =>
                    {
                        last.Kill();
                        return Task.CompletedTask;
                    });
                }

                return Task.FromResult(false);
            };
            var run = await RunAsync(begun => process = begun, verb);
            _stop = _ => Task.FromResult(false);
            if (run.ExitCode != Killed)
            {
                Assert.True(kills > 3, $"It was killed {kills} times only; exit code {run.ExitCode}: {run.Output}{run.Error}");
                return run;
            }

            if (kills % 2 == 1)
            {
                // In the others it is still going on when the next one comes.
                Arm.EndAll();
            }

            await afterKill();
        }

        throw new InvalidOperationException("It never came to its end.");
    }

    /// <summary>Runs <c>azure …</c> and has it stopped while Azure holds its answer to a call.</summary>
    /// <param name="isWaitedFor">Whether the program waits for that answer in any case; else Azure holds it until the program leaves, and does nothing of what it was asked for.</param>
    public async Task<ShellRun> StopAsync(Func<HttpRequest, bool> at, bool isWaitedFor, params string[] verb)
    {
        var isStopped = false;
        var begun = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _stop = async context =>
        {
            if (isStopped || !at(context.Request))
            {
                return false;
            }

            isStopped = true;
            await ShellRun.TerminateAsync(await begun.Task);
            if (isWaitedFor)
            {
                return false;
            }

            var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var leaving = context.RequestAborted.Register(left.SetResult);
            await left.Task;
            return true;
        };
        var run = await RunAsync(begun.SetResult, verb);
        _stop = _ => Task.FromResult(false);
        return run;
    }

    /// <summary>Runs <c>azure …</c> and has it stopped while it waits for a person's answer.</summary>
    /// <param name="question">The end of what it asks.</param>
    public Task<ShellRun> StopAtAsync(string question, params string[] verb)
    {
        Arm.World.Now = DateTimeOffset.UtcNow;
        return ShellRun.StopAsync(_folder.FullName, Environment(), "", question, ["azure", .. verb]);
    }

    public SqliteScoutDb Open() => new(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Pooling = false }.ToString()).Options);

    /// <summary>What is stored, opened as the product opens it, lets in.</summary>
    public async Task AssertStoredWorksAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Scout:DataDirectory", _folder.FullName)]).Build();
        await using var services = (ServiceProvider)ScoutShell.Services(configuration);
        await using var db = Open();
        var row = await db.Integrations.AsNoTracking().SingleAsync();
        var password = services.GetRequiredService<SecretVault>().Open(SecretKind.RegistryToken, row.Hostname, row.ProtectedToken!);
        Assert.True(Arm.World.Accepts(Token, password!), "What is stored does not work.");
    }

    /// <summary>Lets time pass: what was written down of rotations, here and in Azure, lies that much further back.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await using var db = Open();
        var row = await db.Integrations.SingleAsync();
        (row.RotatingUntil, row.RotationTriedAt, row.RotatedAt, row.OldPasswordEndsAt) = (row.RotatingUntil - time, row.RotationTriedAt - time, row.RotatedAt - time, row.OldPasswordEndsAt - time);
        await db.SaveChangesAsync();
        foreach (var password in Arm.World.Find(Token)!["properties"]!["credentials"]!["passwords"]!.AsArray())
        {
            password!["creationTime"] = (DateTimeOffset.Parse((string)password["creationTime"]!, CultureInfo.InvariantCulture) - time).ToString("O");
        }
    }

    public async Task AssertWholeAsync()
    {
        await using var db = Open();
        Assert.Equal("ok", await db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").AsAsyncEnumerable().SingleAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
        await Arm.DisposeAsync();
        await _identity.DisposeAsync();
        _toAcr.Dispose();
        _folder.Delete(recursive: true);
    }

    private string DatabasePath => Path.Combine(_folder.FullName, "scout.db");

    private string Certificates => Path.Combine(_folder.FullName, "doubles.pem");

    private Task<ShellRun> RunAsync(Action<Process> begun, string[] verb)
    {
        Arm.World.Now = DateTimeOffset.UtcNow;
        return ShellRun.RunAsync(_folder.FullName, Environment(), "", ["azure", .. verb], begun);
    }

    // Nothing but the doubles is reached: the proxy leads to the registry alone.
    private Dictionary<string, string> Environment() => new()
    {
        ["Scout__DataDirectory"] = _folder.FullName, ["Scout__PublicUrl"] = "https://scout.example.com", ["Azure__Identity"] = "managed", ["Azure__ResourceManager"] = Arm.Endpoint.Address.AbsoluteUri,
        ["Outbound__AllowedNetworks"] = "127.0.0.0/8", ["IDENTITY_ENDPOINT"] = $"{_identity.Urls.Single()}/msi/token", ["IDENTITY_HEADER"] = TestSecrets.Of("identity's header"),
        ["SSL_CERT_FILE"] = Certificates, ["HTTPS_PROXY"] = _proxy.Address.AbsoluteUri, ["HTTP_PROXY"] = "", ["NO_PROXY"] = "127.0.0.1",
    };

    private async Task AnswerAsync(HttpContext context)
    {
        if (await _stop(context))
        {
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"https://{Host}{context.Request.Path}{context.Request.QueryString}");
        request.Headers.TryAddWithoutValidation("Authorization", (string?)context.Request.Headers.Authorization);
        using var answer = await _toAcr.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.Headers.WWWAuthenticate = answer.Headers.WwwAuthenticate.ToString() is { Length: > 0 } challenge ? challenge : default;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    // As App Service and Container Apps have it (learn: overview-managed-identity, REST endpoint reference).
    private static async Task<WebApplication> MachineIdentityAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/msi/token", (HttpRequest request) => request.Headers["X-IDENTITY-HEADER"] == TestSecrets.Of("identity's header")
            ? Results.Json(new { access_token = ArmDouble.Token, expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), resource = (string?)request.Query["resource"], token_type = "Bearer" })
            : Results.Unauthorized());
        await app.StartAsync();
        return app;
    }

    // Operations have names that nobody chose.
    [GeneratedRegex("/[0-9a-f-]{36}$")]
    private static partial Regex OfOne();
}
