using System.Net;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>
/// The application's process over a registry of <see cref="ManyImages"/>, connected and enabled before its first start, without a person: only events tell it of images,
/// since the integration is not looked at regularly.
/// </summary>
internal sealed class QuietStage : IAsyncDisposable
{
    /// <summary>Packages of each image of <see cref="ManyImages"/>: 120 of Debian and 40 of npm.</summary>
    public const int PackagesOfEach = 160;

    private readonly HttpClient _client = new();
    private readonly AdvisoryFolder _advisories;
    private readonly string _key;

    private readonly SmallDisk? _disk;

    private QuietStage(AppProcess app, AdvisoryFolder advisories, SmallDisk? disk, string key) => (App, _advisories, _disk, _key) = (app, advisories, disk, key);

    public AppProcess App { get; }

    /// <param name="host">The registry, or what stands before it.</param>
    /// <param name="images">What will be pushed; their repositories are enabled.</param>
    /// <param name="settings">Of the application, beside those that this needs.</param>
    /// <param name="disk">What the data folder lies on, if not where others do.</param>
    public static async Task<QuietStage> StartAsync(string host, IReadOnlyCollection<ManyImage> images, IReadOnlyDictionary<string, string>? settings = null, SmallDisk? disk = null)
    {
        var advisories = new AdvisoryFolder()
            .Add("npm", "package-7", "GHSA-aaaa-bbbb-cccc", "9.0.0", "CVE-2026-0002", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L")
            .Add("Debian:12", "library-3", "DEBIAN-CVE-2026-0001", "1.9.0-1", "CVE-2026-0001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
            .Add("NuGet", "Newtonsoft.Json", "GHSA-made-0000-nu", "13.0.2");
        var key = UrlKey.Create();
        var app = await AppProcess.StartAsync(
            new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
            {
                ["Registries__AllowedHosts"] = $"http://{host}", ["Advisories__Source"] = advisories.Path, ["Jobs__MaxAttempts"] = settings?.GetValueOrDefault("Jobs__MaxAttempts") ?? "20",
            },
            folder =>
            {
                disk?.Mount(folder);
                return ConnectAsync(folder, host, [.. images.Select(image => image.Repository).Distinct()], key);
            });
        return new QuietStage(app, advisories, disk, key);
    }

    /// <summary>Tells of pushes, and of the same ones again where the id is the same.</summary>
    /// <returns>The status of the answer; null where there was none.</returns>
    public async Task<HttpStatusCode?> TellAsync(IEnumerable<ManyImage> pushed, string id = "push")
    {
        using var content = new StringContent(ManyImages.Events(pushed, DateTime.UtcNow, id), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _client.PostAsync(new Uri(App.Address, $"webhooks/eventgrid/{_key}"), content);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until all that was told is analysed or has failed, matched with all advisories, and counted.</summary>
    public Task UntilSettledAsync() => UntilAsync(async db =>
        !await db.Jobs.AnyAsync(j => j.State == JobState.Queued || j.State == JobState.Running) && !await db.MatchableComponents.AnyAsync(c => c.NeedsMatch)
        && !await db.Images.AnyAsync(i => i.State != ImageState.Failed && (i.CountsDue > 0 || i.Critical == null || i.Unmatched != "")));

    /// <summary>Waits until something is true of the database.</summary>
    public Task UntilAsync(Func<ScoutDb, Task<bool>> isReached) => App.UntilAsync(isReached);

    /// <summary>Looks whether the database is whole, and every row refers to one that there is.</summary>
    public static async Task CheckWholeAsync(ScoutDb db)
    {
        Assert.Equal("ok", await db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").AsAsyncEnumerable().SingleAsync());
        Assert.Empty(await db.Database.SqlQueryRaw<string>("SELECT \"table\" AS Value FROM pragma_foreign_key_check").ToListAsync());
    }

    public ScoutDb Open() => App.OpenDatabase();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await App.KillAsync();
        _disk?.Dispose();
        await App.DisposeAsync();
        _advisories.Dispose();
    }

    private static async Task ConnectAsync(string folder, string host, IReadOnlyList<string> repositories, string key)
    {
        await using var services = AppProcess.ServicesOf(folder);
        await DataServices.MigrateAsync(services, CancellationToken.None);
        await using (var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            db.Organizations.Add(new Organization { Id = 1, Name = "Contoso" });
            await db.SaveChangesAsync();
            var integration = new Integration
            {
                OrganizationId = 1, Hostname = host, ActiveHostname = host, State = IntegrationState.WaitingForToken, TokenName = RegistryHost.TokenName, WebhookKeyHash = UrlKey.Hash(key), ProtectedWebhookKey = "",
                ProtectedToken = new SecretVault(services.GetRequiredService<IDataProtectionProvider>()).Protect(SecretKind.RegistryToken, host, RegistryHost.Password), TemplateKeyHash = [1], ProtectedTemplateKey = "",
            };
            db.Repositories.AddRange(repositories.Select(name => new Repository { Integration = integration, Name = name, Enabled = true, EnabledAt = DateTime.UtcNow, BaselineAt = DateTime.UtcNow }));
            await db.SaveChangesAsync();
        }

        SqliteConnection.ClearAllPools();
    }
}
