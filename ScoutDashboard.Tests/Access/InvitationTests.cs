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

public sealed class InvitationTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();
    private Actor _ada = null!;

    private InvitationService Invitations => _app.Services.GetRequiredService<InvitationService>();

    [Fact]
    public async Task ARoleThatDoesNotExistIsNotInvitedTo() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => Invitations.CreateAsync(_ada, (MemberRole)99, "", default));

    [Fact]
    public async Task TheInvitedPersonChoosesNameAndPasswordOnceAndGetsTheRole()
    {
        var link = await Invitations.CreateAsync(_ada, MemberRole.Editor, "Eve of team B", default);
        using var browser = _app.Browser();
        Assert.Contains("Join Contoso", await browser.GetStringAsync(link), StringComparison.Ordinal);

        using var joined = await ScoutApp.PostFormAsync(browser, link, Fields("eve"));

        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        using var inside = await browser.GetAsync("/settings/account");
        using var above = await browser.GetAsync("/settings/members");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (inside.StatusCode, above.StatusCode));
        using var again = await _app.Browser().GetAsync(link);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Equal(MemberRole.Editor, (await db.Users.SingleAsync(a => a.UserName == "eve")).Role);
        Assert.Equal(["MemberInvited Eve of team B Editor", "InvitationAccepted eve Editor, invited by ada"],
            (await db.Audit.Where(e => e.Action == AuditAction.MemberInvited || e.Action == AuditAction.InvitationAccepted).OrderBy(e => e.Id).ToListAsync()).Select(e => $"{e.Action} {e.Subject} {e.Detail}"));
    }

    [Fact]
    public async Task ARefusedFormLeavesTheLinkUsable()
    {
        var link = await Invitations.CreateAsync(_ada, MemberRole.Viewer, "", default);
        using var browser = _app.Browser();

        using var taken = await ScoutApp.PostFormAsync(browser, link, Fields(ScoutApp.UserName));
        using var guessable = await ScoutApp.PostFormAsync(browser, link, Fields("eve", "password12345"));

        Assert.Contains("already taken", await taken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("first that are tried", await guessable.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var joined = await ScoutApp.PostFormAsync(browser, link, Fields("eve"));
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
    }

    [Theory]
    [InlineData("a\u202enimda", "characters that can")]
    [InlineData("ad\u200bmin", "characters that can")]
    [InlineData("ada\nSet up", "characters that can")]
    [InlineData("ScoutDASHBOARD", "Choose another name")]
    public async Task ANameThatCouldPassForAnotherIsRefused(string name, string reason)
    {
        var link = await Invitations.CreateAsync(_ada, MemberRole.Viewer, "", default);
        using var browser = _app.Browser();

        using var refused = await ScoutApp.PostFormAsync(browser, link, Fields(name));

        Assert.Contains(reason, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = await DatabaseAsync();
        Assert.Equal(1, await db.Users.CountAsync());
    }

    [Fact]
    public async Task OfManyWhoUseALinkAtOnceOneGetsAnAccount()
    {
        var token = TokenOf(await Invitations.CreateAsync(_ada, MemberRole.Viewer, "", default));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Invitations.AcceptAsync(token, $"user{number}", ScoutApp.Password, "192.0.2.7", default)));

        Assert.Single(outcomes, outcome => outcome.Account is not null);
        await using var db = await DatabaseAsync();
        Assert.Equal(2, await db.Users.CountAsync());
    }

    [Fact]
    public async Task ALinkThatWasTakenBackOrHasExpiredOrIsGuessedDoesNotWork()
    {
        var databases = _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        var invitations = new InvitationService(databases, _app.Services.GetRequiredService<IServiceScopeFactory>(), new SingleSignOnOptions(), clock);
        var late = TokenOf(await invitations.CreateAsync(_ada, MemberRole.Viewer, "", default));
        clock.Advance(TimeSpan.FromDays(6));
        Assert.NotNull(await invitations.FindAsync(late, default));
        var back = TokenOf(await invitations.CreateAsync(_ada, MemberRole.Administrator, "", default));
        await invitations.RevokeAsync(_ada, (await invitations.ListAsync(_ada, default))[0].Id, default);
        clock.Advance(TimeSpan.FromDays(2));

        foreach (var token in new[] { late, back, UrlKey.Create(), "", null })
        {
            Assert.Null(await invitations.FindAsync(token, default));
            Assert.Equal((null, 0), await OutcomeAsync(token));
        }

        async Task<(Account?, int)> OutcomeAsync(string? token)
        {
            var outcome = await invitations.AcceptAsync(token, "eve", ScoutApp.Password, "", default);
            return (outcome.Account, outcome.Reasons.Count);
        }
    }

    [Fact]
    public async Task TheDatabaseDoesNotHoldTheLink()
    {
        var token = TokenOf(await Invitations.CreateAsync(_ada, MemberRole.Viewer, "", default));

        await using var db = await DatabaseAsync();
        var row = await db.Invitations.SingleAsync();
        Assert.Equal(UrlKey.Hash(token), row.TokenHash);
        Assert.DoesNotContain(token, System.Text.Json.JsonSerializer.Serialize(row) + Encoding.Latin1.GetString(row.TokenHash), StringComparison.Ordinal);
        Assert.False(await db.Audit.AnyAsync(e => e.Subject.Contains(token) || e.Detail.Contains(token)));
    }

    public async Task InitializeAsync()
    {
        await _app.SetUpAsync();
        _ada = await _app.ActorAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<ScoutDb> DatabaseAsync() => _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

    private static string TokenOf(string link) => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

    private static Dictionary<string, string> Fields(string name, string? password = null) =>
        new() { ["Input.Name"] = name, ["Input.Password"] = password ?? ScoutApp.Password, ["Input.Confirm"] = password ?? ScoutApp.Password };
}
