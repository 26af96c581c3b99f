using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class SetupTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task TheLinkMakesTheOrganizationAndItsFirstAccountAndSignsIn()
    {
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, _app.SetupPath, Fields());

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var settings = await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, settings.StatusCode);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        var account = await db.Users.Include(a => a.Organization).SingleAsync();
        Assert.Equal(("ada", "Fabrikam"), (account.UserName, account.Organization?.Name));
    }

    [Fact]
    public async Task TheLinkWorksOnce()
    {
        using var browser = _app.Browser();
        var page = await browser.GetStringAsync(_app.SetupPath);
        await _app.SetUpAsync();

        // A form that was open before the account existed, and the link itself.
        var fields = Fields();
        foreach (var (name, value) in ScoutApp.HiddenFields(page))
        {
            fields.Add(name, value);
        }

        using var late = await browser.PostAsync(_app.SetupPath, new FormUrlEncodedContent(fields));
        using var again = await browser.GetAsync(_app.SetupPath);

        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Users.CountAsync());
        Assert.Equal(1, await db.Organizations.CountAsync());
    }

    [Fact]
    public async Task TwoSetUpsAtOnceMakeOneAccount()
    {
        var service = _app.Services.GetRequiredService<SetupService>();
        var token = _app.SetupPath.Split('=')[1];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            service.CreateAsync(token, "Contoso", $"user{i}", ScoutApp.Password, "192.0.2.7", CancellationToken.None)));

        Assert.Single(outcomes, o => o.State == SetupState.Created);
        Assert.Equal(3, outcomes.Count(o => o.State == SetupState.AlreadyDone));
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup?token=")]
    [InlineData("/setup?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task AWrongLinkSaysHowToGetANewOne(string path)
    {
        using var browser = _app.Browser();

        using var answer = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Restart it", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongTokenMakesNoAccountHoweverTheFormWasSent()
    {
        var outcome = await _app.Services.GetRequiredService<SetupService>().CreateAsync("guess", "Contoso", "mallory", ScoutApp.Password, "192.0.2.7", CancellationToken.None);

        Assert.Equal(SetupState.WrongLink, outcome.State);
    }

    [Theory]
    [InlineData("short", "12 to 200")]
    [InlineData("password12345", "first that are tried")]
    [InlineData("aaaaaaaaaaaaaaaa", "first that are tried")]
    [InlineData("Fabrikam-Fabrikam-1", "close to your name")]
    public async Task GuessablePasswordsAreRefusedWithTheReason(string password, string reason)
    {
        using var browser = _app.Browser();

        using var answer = await ScoutApp.PostFormAsync(browser, _app.SetupPath, Fields(password));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await _app.Services.GetRequiredService<SetupService>().IsNeededAsync(CancellationToken.None));
    }

    private static Dictionary<string, string> Fields(string? password = null) => new()
    {
        ["Input.Organization"] = "Fabrikam", ["Input.Name"] = "ada", ["Input.Password"] = password ?? ScoutApp.Password, ["Input.Confirm"] = password ?? ScoutApp.Password,
    };
}
