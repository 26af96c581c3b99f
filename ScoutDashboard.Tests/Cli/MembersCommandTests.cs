using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>The ways in from the machine itself, by the built program beside a dashboard that runs.</summary>
public sealed class MembersCommandTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-members-");

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TheLinkMakesOneAdministratorOnceAndIsWrittenDown()
    {
        await _app.SetUpAsync();

        var run = await RunAsync(new() { ["Scout__PublicUrl"] = "https://scout.example.com/" }, "members", "administrator", "grace");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("Open https://scout.example.com/join?token=", run.Output, StringComparison.Ordinal);
        var path = new Uri(run.Output["Open ".Length..].Trim()).PathAndQuery;
        using var browser = _app.Browser();
        using var joined = await ScoutApp.PostFormAsync(browser, path, new() { ["Input.Name"] = "hopper", ["Input.Password"] = ScoutApp.Password, ["Input.Confirm"] = ScoutApp.Password });
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        using var members = await browser.GetAsync("/settings/members");
        Assert.Equal(HttpStatusCode.OK, members.StatusCode);
        using var again = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        await using var db = await DatabaseAsync();
        Assert.Equal((Environment.UserName, "grace", "Administrator", "shell", null), await db.Audit.Where(line => line.Action == AuditAction.MemberInvited)
            .Select(line => ValueTuple.Create(line.Name, line.Subject, line.Detail, line.Address, line.AccountId)).SingleAsync());
    }

    [Fact]
    public async Task TheLinkWorksForAnHour()
    {
        await _app.SetUpAsync();
        await using var db = await DatabaseAsync();
        var path = await MemberRescue.InviteAdministratorAsync(db, "", DateTime.UtcNow - MemberRescue.LinkLifetime, default);
        using var browser = _app.Browser();

        using var late = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task TheSecondStepIsTakenOffAndTheMemberSignedOut()
    {
        await _app.SetUpAsync();
        var actor = await _app.ActorAsync();
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            var steps = scope.ServiceProvider.GetRequiredService<SecondStepService>();
            var key = (await steps.BeginAsync(actor, ScoutApp.Password, default)).Key;
            Assert.Equal(SecondStepOutcome.Done, (await steps.ConfirmAsync(actor, TimeCode.CodeAt(key, DateTimeOffset.UtcNow), default)).Outcome);
        }

        var run = await RunAsync([], "members", "second-step-off", "ADA");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        await using var db = await DatabaseAsync();
        await Assert.ThrowsAsync<ForbiddenException>(() => MemberChange.DemandAsync(db, actor, MemberRole.Viewer, TimeProvider.System, default));
        Assert.Equal((Environment.UserName, ScoutApp.UserName, "shell", actor.AccountId), await db.Audit.Where(line => line.Action == AuditAction.SecondStepTurnedOff)
            .Select(line => ValueTuple.Create(line.Name, line.Subject, line.Address, line.SubjectAccountId)).SingleAsync());
        using var browser = await _app.SignInAsync(ScoutApp.UserName);
        using var inside = await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, inside.StatusCode);

        var again = await RunAsync([], "members", "second-step-off", "ada");
        Assert.Equal((1, "", "ada has no second step.\n"), (again.ExitCode, again.Output, again.Error));
    }

    [Fact]
    public async Task WhatCantBeDoneIsSaidAndChangesNothing()
    {
        var early = await RunAsync([], "members", "administrator", "grace");
        Assert.Equal((1, ""), (early.ExitCode, early.Output));
        Assert.StartsWith("There is no database", early.Error, StringComparison.Ordinal);

        await _app.SetUpAsync();
        var unknown = await RunAsync([], "members", "second-step-off", "nobody");
        Assert.Equal((1, "There is no member nobody.\n"), (unknown.ExitCode, unknown.Error));
        var closed = await RunAsync(new()
        {
            ["OpenIdConnect__LocalSignIn"] = "false", ["OpenIdConnect__Authority"] = "https://issuer.example", ["OpenIdConnect__ClientId"] = "scout", ["OpenIdConnect__ClientSecret"] = Issuer.ClientSecret, ["OpenIdConnect__Viewers"] = "*",
        }, "members", "administrator", "grace");
        Assert.Equal(1, closed.ExitCode);
        Assert.StartsWith("Passwords are switched off", closed.Error, StringComparison.Ordinal);
        await using var db = await DatabaseAsync();
        Assert.Empty(await db.Invitations.ToListAsync());
    }

    private Task<ShellRun> RunAsync(Dictionary<string, string> settings, params string[] arguments) =>
        ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(settings) { ["Scout__DataDirectory"] = _app.DataDirectory }, arguments);

    private async Task<ScoutDb> DatabaseAsync() => await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
}
