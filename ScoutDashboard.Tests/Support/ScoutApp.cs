using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>The whole application in this process, with a data folder of its own that goes with it. Settings are configuration keys, e.g. <c>["Registries:AllowedHosts:0"] = "localhost:5000"</c>; feeds read an empty folder unless told otherwise.</summary>
public sealed partial class ScoutApp : WebApplicationFactory<Program>
{
    public const string Organization = "Contoso";
    public const string UserName = "ada";
    public const string Password = "violet teapot on a bicycle";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-app-");
    private bool _isListening;

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
    public HttpClient Browser()
    {
        // The factory's own clients follow redirects where it listens.
        var client = _isListening ? new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address }
            : CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = Address });
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

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

        builder.ConfigureTestServices(services => Replace?.Invoke(services));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex HiddenField();
}
