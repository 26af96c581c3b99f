using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>The whole application in this process, with a data folder of its own that goes with it. Settings are configuration keys, e.g. <c>["Registries:AllowedHosts:0"] = "localhost:5000"</c>; feeds read an empty folder unless told otherwise. At its end no secret of the suite may stand in what it kept, logged, measured or answered.</summary>
public sealed partial class ScoutApp : WebApplicationFactory<Program>
{
    public const string Organization = "Contoso";
    public const string UserName = "ada";
    public static readonly string Password = TestSecrets.New("member password");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-app-");
    private readonly TextLog _log = new();
    private readonly TelemetryLog _telemetry = new();
    private readonly Answers _answers = new();
    private bool _isListening, _hasStarted;

    /// <summary>Settings; set before the first request.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Replaces services, e.g. the clock or an HTTP handler; set before the first request.</summary>
    public Action<IServiceCollection>? Replace { get; set; }

    public string DataDirectory => Path.Combine(_folder.FullName, "data");

    /// <summary>Where a real browser finds it, after <see cref="Listen"/>; else the address that its own clients use.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Listens on a port of this machine, for a real browser; call it before anything else, with all settings made.</summary>
    public void Listen()
    {
        _isListening = true;
        UseKestrel(0);
        StartServer();
        var listening = Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Address = new Uri($"http://localhost:{new Uri(listening).Port}");
    }

    /// <summary>A client that keeps cookies, follows no redirects and asks for pages as browsers do.</summary>
    /// <param name="address">With another scheme or host than <see cref="Address"/>.</param>
    public HttpClient Browser(Uri? address = null, bool keepsCookies = true)
    {
        var client = Client(address, keepsCookies);
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    /// <summary>As <see cref="Browser"/>, but asks for nothing in particular, as programs do.</summary>
    public HttpClient Client(Uri? address = null, bool keepsCookies = true) =>
        // The factory's own clients follow redirects where it listens.
        _isListening ? new HttpClient(_answers.Keep(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false })) { BaseAddress = Address }
            : CreateDefaultClient(address ?? Address, keepsCookies ? [_answers.Keep(), new CookieContainerHandler()] : [_answers.Keep()]);

    /// <summary>The set-up link's path and query.</summary>
    public string SetupPath => Services.GetRequiredService<SetupLink>().Path;

    /// <summary>Makes the first account if there is none yet; organization id 1.</summary>
    public async Task SetUpAsync()
    {
        var token = SetupPath[(SetupPath.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var outcome = await Services.GetRequiredService<SetupService>().CreateAsync(token, Organization, UserName, Password, "192.0.2.7", CancellationToken.None);
        Assert.True(outcome.State is SetupState.Created or SetupState.AlreadyDone, string.Join(' ', outcome.Reasons));
    }

    /// <summary>A browser in which the first administrator is signed in.</summary>
    public async Task<HttpClient> SignInAsync()
    {
        await SetUpAsync();
        return await SignInAsync(UserName);
    }

    /// <summary>A browser in which a member is signed in.</summary>
    public async Task<HttpClient> SignInAsync(string name)
    {
        var browser = Browser();
        using var answer = await PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = Password });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    /// <summary>Adds a member of organization 1, whose password is <see cref="Password"/>; returns the account's id.</summary>
    public async Task<string> AddMemberAsync(string name, MemberRole role)
    {
        await SetUpAsync();
        await using var scope = Services.CreateAsyncScope();
        var account = new Account { UserName = name, OrganizationId = 1, Role = role, LockoutEnabled = true };
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account, Password)).Succeeded);
        return account.Id;
    }

    /// <summary>All that the files of the database hold now.</summary>
    public byte[] DatabaseBytes()
    {
        using var content = new MemoryStream();
        foreach (var file in Directory.EnumerateFiles(DataDirectory, "scout.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.CopyTo(content);
        }

        return content.ToArray();
    }

    /// <summary>A member, the first administrator unless named, with a session of their own.</summary>
    public async Task<Actor> ActorAsync(string name = UserName)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        var account = await db.Users.SingleAsync(a => a.UserName == name);
        var session = await Services.GetRequiredService<SessionService>().OpenAsync(account.Id, "test", "192.0.2.7", endsAt: null, proof: null, CancellationToken.None);
        return new Actor(account.OrganizationId, account.Id, session, name, "192.0.2.7");
    }

    /// <summary>Opens the page, fills these fields and submits its form with the hidden fields that it has.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient browser, string page, Dictionary<string, string> fields)
    {
        foreach (var (name, value) in HiddenFields(await browser.GetStringAsync(page)))
        {
            fields.TryAdd(name, value);
        }

        return await browser.PostAsync(page, new FormUrlEncodedContent(fields));
    }

    /// <summary>The hidden fields of a page's forms, e.g. the antiforgery token.</summary>
    public static Dictionary<string, string> HiddenFields(string html) => HiddenField().Matches(html)
        .DistinctBy(m => m.Groups["name"].Value)
        .ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Scout:DataDirectory", DataDirectory);
        builder.UseSetting("Advisories:Source", _folder.FullName);
        foreach (var (key, value) in Settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services =>
        {
            // Whatever the settings say, which a provider's own filter goes before.
            services.AddLogging(logging => logging.AddProvider(_log).AddFilter<TextLog>(null, LogLevel.Trace));
            Replace?.Invoke(services);
        });
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        var host = base.CreateHost(builder);
        _hasStarted = true;
        return host;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_hasStarted)
        {
            TestSecrets.Know("one-time link", SetupPath[(SetupPath.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            await ClosedSecrets.LearnAsync(Services);
        }

        await base.DisposeAsync();
        _telemetry.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        try
        {
            SecretSearch.Check([("the log", _log.Content), ("the telemetry", _telemetry.Content), .. _answers.Places, .. SecretSearch.FilesOf(_folder.FullName)]);
        }
        finally
        {
            _log.Dispose();
            _folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex HiddenField();
}
