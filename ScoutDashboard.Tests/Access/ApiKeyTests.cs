using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private ApiKeyService _keys = null!;

    [Fact]
    public async Task AKeyIsStoredAsAHashAndShowsOnlyHowItBegins()
    {
        var key = await CreateAsync();

        await using var db = _database.CreateDbContext();
        var row = await db.ApiKeys.SingleAsync();
        Assert.Equal(UrlKey.Hash(key), row.KeyHash);
        Assert.DoesNotContain(key[12..], System.Text.Json.JsonSerializer.Serialize(row) + Encoding.Latin1.GetString(row.KeyHash), StringComparison.Ordinal);
        var line = await db.Audit.SingleAsync();
        Assert.Equal((AuditAction.ApiKeyCreated, "ada", "build", $"{key[..12]}…, Exports, 30 days"), (line.Action, line.Name, line.Subject, line.Detail));
    }

    [Fact]
    public async Task AKeyWorksUntilItsDayAndNotAMomentLonger()
    {
        var key = await CreateAsync();
        _clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(new ApiKeyGrant(1, "build", ApiScopes.Exports), await _keys.UseAsync(key, "192.0.2.1", default));

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await _keys.UseAsync(key, "192.0.2.1", default));
        Assert.True((await _keys.ListAsync(TestActor.Administrator, default))[0].HasExpired);
    }

    [Fact]
    public async Task ARevokedKeyAndAKeyThatIsNoneOpenNothing()
    {
        var key = await CreateAsync();
        await _keys.RevokeAsync(TestActor.Stranger, 1, default);
        Assert.NotNull(await _keys.UseAsync(key, "", default));

        await _keys.RevokeAsync(TestActor.Administrator, 1, default);

        foreach (var wrong in new[] { key, "scout_", "", "scout_" + UrlKey.Create(), key[..^1] })
        {
            Assert.Null(await _keys.UseAsync(wrong, "", default));
        }

        Assert.Empty(await _keys.ListAsync(TestActor.Administrator, default));
    }

    [Fact]
    public async Task TheLastUseIsShownWithItsAddress()
    {
        var key = await CreateAsync();
        Assert.Null((await _keys.ListAsync(TestActor.Administrator, default))[0].LastUsedAt);

        await _keys.UseAsync(key, "192.0.2.1", default);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await _keys.UseAsync(key, "192.0.2.1", default);
        Assert.Equal((DateTime?)new DateTime(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc), (await _keys.ListAsync(TestActor.Administrator, default))[0].LastUsedAt);
        await _keys.UseAsync(key, "192.0.2.2", default);

        var row = (await _keys.ListAsync(TestActor.Administrator, default))[0];
        Assert.Equal((new DateTime(2026, 11, 1, 12, 0, 30, DateTimeKind.Utc), "192.0.2.2"), (row.LastUsedAt!.Value, row.LastUsedFrom));
    }

    [Theory]
    [InlineData(ApiScopes.None, 30)]
    [InlineData((ApiScopes)8, 30)]
    [InlineData(ApiScopes.Exports, 0)]
    [InlineData(ApiScopes.Exports, 366)]
    public async Task AKeyHasAScopeThatExistsAndAnEnd(ApiScopes scopes, int days) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _keys.CreateAsync(TestActor.Administrator, "build", scopes, days, default));

    [Fact]
    public async Task AProgramWithAWrongKeyIsToldSoAndIsNotSentToSignInEvenWithASession()
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer scout_wrong");

        using var answer = await browser.GetAsync("/images/1/findings.csv");

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
    }

    [Fact]
    public async Task WhoTriesKeysIsSoonNotHeardButAKeyThatWasRightGoesOnWorkingFromThere()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        var keys = app.Services.GetRequiredService<ApiKeyService>();
        var used = await keys.CreateAsync(await app.ActorAsync(), "used", ApiScopes.Audit, 30, default);
        var fresh = await keys.CreateAsync(await app.ActorAsync(), "fresh", ApiScopes.Audit, 30, default);
        using var program = app.Browser();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(used));
        for (var guess = 0; guess < ApiKeyHandler.WrongKeysPerMinute; guess++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("scout_" + UrlKey.Create()));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("scout_" + UrlKey.Create()));
        // Also right ones: else whoever guesses would see which are.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(fresh));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(used));

        async Task<HttpStatusCode> AskAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/settings/audit.csv") { Headers = { Authorization = new("Bearer", key) } };
            using var answer = await program.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task APasswordThatAProxyAsksForDoesNotHideTheSessionBehindIt()
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Basic YWRhOmFkYQ==");

        using var answer = await browser.GetAsync("/settings/audit.csv");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _keys = new ApiKeyService(_database, _clock);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private Task<string> CreateAsync() => _keys.CreateAsync(TestActor.Administrator, " build ", ApiScopes.Exports, 30, default);
}
