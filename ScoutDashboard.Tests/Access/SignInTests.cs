using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class SignInTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task TheRightPasswordOpensTheApplicationAndSignOutClosesIt()
    {
        using var browser = await _app.SignInAsync();

        var page = await browser.GetStringAsync("/settings");
        Assert.Contains("id=\"sign-out\"", page, StringComparison.Ordinal);

        using var signedOut = await PostFormOfAsync(browser, "/settings", "/sign-out");
        Assert.Equal("/sign-in", signedOut.Headers.Location?.OriginalString);
        using var after = await browser.GetAsync("/settings");
        Assert.Equal("/sign-in", after.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task SignOutWithoutAntiforgeryTokenChangesNothing()
    {
        using var browser = await _app.SignInAsync();

        using var forged = await browser.PostAsync("/sign-out", new FormUrlEncodedContent([]));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var after = await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData(ScoutApp.UserName)]
    [InlineData("nobody")]
    [InlineData("grace")]
    public async Task AfterFiveWrongPasswordsNothingIsLookedAtWhetherTheNameExistsOrNot(string name)
    {
        var hashes = new CountingHasher();
        _app.Replace = services => services.AddSingleton<IPasswordHasher<Account>>(hashes);
        await _app.SetUpAsync();
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            // Who comes by single sign-on has no password.
            Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(new Account { UserName = "grace", OrganizationId = 1 })).Succeeded);
        }

        using var browser = _app.Browser();
        foreach (var password in Enumerable.Repeat(TestSecrets.Of("wrong password"), SignInThrottle.TriesFromOneNetwork))
        {
            hashes.Count = 0;
            Assert.Contains("Name or password is wrong.", await TryAsync(browser, name, password), StringComparison.Ordinal);
            Assert.Equal(1, hashes.Count);
        }

        foreach (var password in new[] { TestSecrets.Of("wrong password"), ScoutApp.Password })
        {
            hashes.Count = 0;
            Assert.Contains("Too many attempts.", await TryAsync(browser, name, password), StringComparison.Ordinal);
            Assert.Equal(1, hashes.Count);
        }
    }

    [Fact]
    public async Task AnotherSpellingOfTheNameCountsWithIt()
    {
        await _app.AddMemberAsync("kim", MemberRole.Viewer);
        using var browser = _app.Browser();
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork; attempt++)
        {
            await TryAsync(browser, "kim", TestSecrets.Of("wrong password"));
        }

        // The sign for kelvin, which is a K to whoever looks the name up.
        Assert.Contains("Too many attempts.", await TryAsync(browser, "\u212aim", ScoutApp.Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStrangerWhoGuessesLocksOnlyTheirOwnNetworkOut()
    {
        _app.Replace = services => services.AddSingleton<IStartupFilter, RemoteFromHeader>();
        await _app.SetUpAsync();
        using var person = RemoteFromHeader.From(_app, "192.0.2.7");
        using var stranger = RemoteFromHeader.From(_app, "2001:db8::1");
        using var neighbour = RemoteFromHeader.From(_app, "2001:db8::2");
        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork; attempt++)
        {
            await TryAsync(stranger, ScoutApp.UserName, TestSecrets.Of("wrong password"));
        }

        Assert.Contains("Too many attempts.", await TryAsync(neighbour, ScoutApp.UserName, ScoutApp.Password), StringComparison.Ordinal);
        using var answer = await ScoutApp.PostFormAsync(person, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task ManyStrangersWhoGuessDoNotKeepThePersonFromWhereTheyAreSignedIn()
    {
        _app.Replace = services => services.AddSingleton<IStartupFilter, RemoteFromHeader>();
        await _app.SetUpAsync();
        // Signed in from 192.0.2.7.
        await _app.ActorAsync();
        for (var number = 0; number < SignInThrottle.TriesFromAnywhere; number++)
        {
            using var stranger = RemoteFromHeader.From(_app, $"198.51.100.{number}");
            await TryAsync(stranger, ScoutApp.UserName, TestSecrets.Of("wrong password"));
        }

        using var another = RemoteFromHeader.From(_app, "203.0.113.1");
        Assert.Contains("Too many attempts.", await TryAsync(another, ScoutApp.UserName, ScoutApp.Password), StringComparison.Ordinal);
        using var person = RemoteFromHeader.From(_app, "192.0.2.7");
        using var answer = await ScoutApp.PostFormAsync(person, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public void TriesAreForgottenAfterAWhileAndForgivenByTheRightPassword()
    {
        var clock = new FakeTimeProvider();
        var throttle = new SignInThrottle(clock);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            Assert.Equal(Turn.Free, throttle.Begin("ada", "a"));
            throttle.Forgive("ada", "a");
        }

        Turn[] turns = [.. Enumerable.Range(0, SignInThrottle.TriesFromOneNetwork + 1).Select(_ => throttle.Begin("ada", "a"))];
        Assert.Equal([Turn.Free, Turn.Free, Turn.Free, Turn.Free, Turn.Free, Turn.Refused], turns);
        Assert.Equal((Turn.Refused, Turn.Free, Turn.Free), (throttle.Begin("ada", "a"), throttle.Begin("ada", "b"), throttle.Begin("eve", "a")));

        clock.Advance(TimeSpan.FromMinutes(SignInThrottle.Minutes));

        Assert.Equal(Turn.Free, throttle.Begin("ada", "a"));
    }

    [Fact]
    public void HoweverManyNamesAreTriedTheNewestAreRemembered()
    {
        var clock = new FakeTimeProvider();
        var throttle = new SignInThrottle(clock);
        for (var number = 0; number < 60_000; number++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            throttle.Begin($"name {number}", "a");
        }

        for (var attempt = 0; attempt < SignInThrottle.TriesFromOneNetwork - 1; attempt++)
        {
            Assert.Equal(Turn.Free, throttle.Begin("name 59999", "a"));
        }

        Assert.Equal(Turn.Refused, throttle.Begin("name 59999", "a"));
    }

    [Theory]
    [InlineData("/images?search=nginx", "/images?search=nginx")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("/\t/evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("", "/")]
    public async Task SigningInReturnsOnlyToAddressesOfThisApplication(string returnUrl, string target)
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}",
            new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(new Uri(new Uri("http://localhost"), target), new Uri(new Uri("http://localhost"), answer.Headers.Location!));
    }

    [Fact]
    public async Task TheSessionCookieIsOutOfReachOfScriptsAndOtherSites()
    {
        await _app.SetUpAsync();
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = ScoutApp.UserName, ["Input.Password"] = ScoutApp.Password });

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("scout-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACookieThatCannotBeReadIsNoSessionAndNoError()
    {
        using var browser = _app.Browser();
        browser.DefaultRequestHeaders.Add("Cookie", "scout-session=CfDJ8garbage; scout-antiforgery=CfDJ8garbage");

        using var answer = await browser.GetAsync("/sign-in");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> TryAsync(HttpClient browser, string name, string password)
    {
        using var answer = await ScoutApp.PostFormAsync(browser, "/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = password });
        return await answer.Content.ReadAsStringAsync();
    }

    // The work that an attempt costs; the hash itself is another's to test.
    private sealed class CountingHasher : IPasswordHasher<Account>
    {
        public int Count { get; set; }

        public string HashPassword(Account user, string password)
        {
            Count++;
            return HashOf(password);
        }

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Count++;
            return hashedPassword == HashOf(providedPassword) ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
        }
    }

    private static string HashOf(string password) => Convert.ToHexString(UrlKey.Hash(password));

    // Submits a form that another page carries.
    private static async Task<HttpResponseMessage> PostFormOfAsync(HttpClient browser, string page, string action) =>
        await browser.PostAsync(action, new FormUrlEncodedContent(ScoutApp.HiddenFields(await browser.GetStringAsync(page))));
}
