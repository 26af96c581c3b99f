using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Access;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

/// <summary>What strangers send: names that are not ours, claims about who they are, too much, too often.</summary>
public sealed class InboundTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TextLog _log = new();
    private readonly ScoutApp _app;

    public InboundTests() => _app = new ScoutApp
    {
        Replace = services => services.AddSingleton<IStartupFilter, RemoteFromHeader>().AddLogging(logging => logging.AddProvider(_log)),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _log.Dispose();
    }

    [Theory]
    [InlineData("https://scout.example.com/", true)]
    [InlineData("https://SCOUT.example.com/", true)]
    [InlineData("http://localhost/", true)]
    [InlineData("http://127.0.0.1/", true)]
    [InlineData("http://10.1.2.3:5080/", true)]
    [InlineData("http://[fd12::1]/", true)]
    [InlineData("http://evil.example/", false)]
    [InlineData("http://scout.example.com.evil.example/", false)]
    [InlineData("http://localhost.evil.example/", false)]
    public async Task OnlyItsOwnNamesAreAnswered(string address, bool isAnswered)
    {
        _app.Settings["Scout:PublicUrl"] = "https://scout.example.com";
        using var browser = _app.Browser();

        foreach (var path in new[] { "sign-in", "healthz", "app.css" })
        {
            using var answer = await browser.GetAsync(new Uri(new Uri(address), path));
            Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("", "http://localhost:5080", "", "evil.example", false)]
    [InlineData("", "http://scout.corp:5080;http://10.0.0.1:80", "", "scout.corp", true)]
    [InlineData("", "http://*:5080", "", "anything.example", true)]
    [InlineData("", "http://[::]:5080", "", "anything.example", true)]
    [InlineData("", "http://0.0.0.0:5080", "", "anything.example", true)]
    [InlineData("", "http://+:5080", "https://scout.example.com", "anything.example", false)]
    [InlineData("scout.corp;*.scout.corp", "http://*:5080", "", "a.scout.corp", true)]
    [InlineData("scout.corp;*.scout.corp", "http://*:5080", "", "ascout.corp", false)]
    [InlineData("scout.corp", "http://localhost:5080", "https://scout.example.com", "scout.example.com", false)]
    [InlineData("*", "http://localhost:5080", "", "anything.example", true)]
    public void TheNamesAreThoseOfTheConfiguration(string allowed, string urls, string publicUrl, string host, bool isAllowed)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AllowedHosts", allowed), new("urls", urls), new("Scout:PublicUrl", publicUrl)]).Build();

        Assert.Equal(isAllowed, HostNames.Read(configuration).Allows(new(host)));
    }

    [Fact]
    public async Task OverHttpsTheBrowserIsHeldToItAndCookiesNeverLeaveIt()
    {
        _app.Settings["Scout:PublicUrl"] = "https://scout.example.com";
        using var browser = _app.Browser();

        using var secure = await browser.GetAsync(new Uri("https://scout.example.com/sign-in"));
        using var plain = await browser.GetAsync(new Uri("http://scout.example.com/sign-in"));
        using var local = await browser.GetAsync(new Uri("https://localhost/sign-in"));

        Assert.Equal("max-age=31536000", Assert.Single(secure.Headers.GetValues("Strict-Transport-Security")));
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
        Assert.False(local.Headers.Contains("Strict-Transport-Security"));
        var cookie = Assert.Single(secure.Headers.GetValues("Set-Cookie"), c => c.StartsWith("scout-antiforgery=", StringComparison.Ordinal));
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProxyThatIsNotNamedIsToldOnceAndNotBelieved()
    {
        await _app.SetUpAsync();
        using var browser = From("203.0.113.9");
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1");

        await WrongPasswordAsync(browser);
        await browser.GetAsync("/sign-in");

        Assert.Single(_log.Lines, line => line.Contains("Scout:TrustedProxies", StringComparison.Ordinal) && line.Contains("203.0.113.9", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("198.51.100.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BehindANamedProxyEachVisitorHasLimitsOfTheirOwn()
    {
        _app.Settings["Scout:TrustedProxies:0"] = "203.0.113.0/24";
        await _app.SetUpAsync();
        using var first = From("203.0.113.9");
        first.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1");
        using var second = From("203.0.113.9");
        second.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.2");

        await ExhaustAsync(first);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (await WrongPasswordAsync(first), await WrongPasswordAsync(second)));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("Scout:TrustedProxies", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoHasAWholeNetworkOfIPv6CountsAsOneVisitor()
    {
        await _app.SetUpAsync();
        using var first = From("2001:db8:1:2::1");
        using var neighbour = From("2001:db8:1:2:ffff::1");
        using var other = From("2001:db8:1:3::1");

        await ExhaustAsync(first);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (await WrongPasswordAsync(neighbour), await WrongPasswordAsync(other)));
    }

    [Theory]
    [InlineData("/join?token=abc")]
    [InlineData("/setup?token=abc")]
    public async Task LinksAreNotTriedWithoutEnd(string page)
    {
        using var browser = _app.Browser();
        var form = ScoutApp.HiddenFields(await browser.GetStringAsync("/setup?token=" + Uri.EscapeDataString(_app.SetupPath[(_app.SetupPath.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        HttpResponseMessage? answer = null;
        for (var attempt = 0; attempt <= SignInLimit.AttemptsPerMinute; attempt++)
        {
            answer?.Dispose();
            answer = await browser.PostAsync(page, new FormUrlEncodedContent(form));
            Assert.Equal(attempt == SignInLimit.AttemptsPerMinute, answer.StatusCode == HttpStatusCode.TooManyRequests);
        }

        Assert.InRange(answer!.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        answer.Dispose();
    }

    [Fact]
    public async Task OneKeyCanNotKeepTheOthersFromTheirExports()
    {
        await _app.SetUpAsync();
        var keys = _app.Services.GetRequiredService<ApiKeyService>();
        using var greedy = await ProgramAsync("greedy");
        using var modest = await ProgramAsync("modest");
        for (var request = 0; request < ExportLimit.RequestsPerMinute; request++)
        {
            using var answer = await greedy.GetAsync("/images/1/findings.csv");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var limited = await greedy.GetAsync("/images/1/sbom.cdx.json");
        using var other = await modest.GetAsync("/images/1/sbom.cdx.json");
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.NotFound), (limited.StatusCode, other.StatusCode));

        async Task<HttpClient> ProgramAsync(string name)
        {
            var program = _app.Browser();
            program.DefaultRequestHeaders.Authorization = new("Bearer", await keys.CreateAsync(await _app.ActorAsync(), name, ApiScopes.Exports, 30, default));
            return program;
        }
    }

    [Fact]
    public async Task TheRealServerLogsNoSecretOfAnAddressAndTakesNoLargeForm()
    {
        var secret = UrlKey.Create();
        await using var app = await AppProcess.StartAsync(new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Trace", ["Logging__LogLevel__Microsoft"] = "Trace", ["Advisories__Source"] = Path.GetTempPath() });
        using var client = new HttpClient { BaseAddress = app.Address };
        foreach (var path in new[] { $"/join?token={secret}", $"/setup?token={secret}", $"/webhooks/eventgrid/{secret}", $"/templates/{secret}/acr-integration.json", $"/sign-in?returnUrl={secret}", $"/no/such/{secret}" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                using var answer = await client.SendAsync(new HttpRequestMessage(method, path));
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            }
        }

        // What is no HTTP is told by the server itself, in the middle of its line.
        using (var raw = new TcpClient())
        {
            await raw.ConnectAsync(app.Address.Host, app.Address.Port);
            await raw.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /join?token={secret} HTTP/9.9\r\n\r\n"));
            Assert.Contains(" 505 ", await new StreamReader(raw.GetStream()).ReadLineAsync(), StringComparison.Ordinal);
        }

        var form = ScoutApp.HiddenFields(await client.GetStringAsync(app.SetupLink!.PathAndQuery));
        foreach (var (length, status) in new[] { (60_000, HttpStatusCode.OK), (70_000, HttpStatusCode.BadRequest) })
        {
            form["Input.Password"] = new string('x', length);
            using var answer = await client.PostAsync(app.SetupLink.PathAndQuery, new FormUrlEncodedContent(form));
            Assert.Equal(status, answer.StatusCode);
        }

        Assert.Contains("trce:", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Output.Split('\n'), line => line.Contains(secret, StringComparison.Ordinal));
    }

    private HttpClient From(string remote) => RemoteFromHeader.From(_app, remote);

    private static async Task ExhaustAsync(HttpClient browser)
    {
        for (var attempt = 0; attempt < SignInLimit.AttemptsPerMinute; attempt++)
        {
            Assert.Equal(HttpStatusCode.OK, await WrongPasswordAsync(browser));
        }
    }

    private static async Task<HttpStatusCode> WrongPasswordAsync(HttpClient browser)
    {
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = "nobody", ["Input.Password"] = TestSecrets.Of("wrong password") });
        return answer.StatusCode;
    }
}
