using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>All that the automatic way does, with the rights of the person who asks for it, and that nobody and nothing else has them.</summary>
public sealed class ConsentActsTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string Bearer = TestSecrets.New("person's token");
    private readonly AcrDouble _acr = new();
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private string _registry = "";
    private Actor _other = null!;

    private static Actor Ada => TestActor.Administrator;

    private ArmClients Clients => _arm.Consenting(new HastyClock());

    private string Token => $"{_registry}/tokens/{AzureNames.Token}";

    private string Topic => $"{_registry[.._registry.IndexOf("/providers/", StringComparison.Ordinal)]}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr);
        _arm = await ArmDouble.StartAsync();
        _arm.Knows = token => token == Bearer;
        _registry = _arm.World.AddRegistry("contoso");
        _acr.Accepts = password => _arm.World.Accepts(Token, password);
        _other = await TestActor.AddAsync(_room.Database, "bob", MemberRole.Administrator);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
        _acr.Dispose();
    }

    [Fact]
    public async Task FromTheListOfRegistriesToNothingLeftInAzureAllIsDoneWithTheOnePersonsToken()
    {
        await _room.ConsentAsync(Ada, Bearer);
        var id = await DeployAsync();
        var made = Assert.IsType<IssueOutcome.Made>(await _room.Issue(Clients).IssueAsync(Ada, id, new DateOnly(2027, 1, 1), default));
        AssertPassed(await _room.Issued(Clients).EnableAsync(Ada, id, made, default).ToListAsync());

        var rotation = await _room.Rotation(Clients).RotateAsync(Ada, id, null, null, default).ToListAsync();
        AssertPassed(rotation);
        Assert.Contains("until somebody ends it on this page", rotation[^1].Detail, StringComparison.Ordinal);
        Assert.Equal(2, PasswordsAlive);
        await EndOldAsync(_other, id);
        Assert.Equal(2, PasswordsAlive);
        await EndOldAsync(Ada, id);
        Assert.Equal(1, PasswordsAlive);
        Assert.Equal("ada", (await AuditAsync(AuditAction.OldPasswordEnded)).Single().Name);

        _arm.World.Resources.Remove($"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}");
        await _room.Watch(Clients).CheckAsync(Ada, id, default);
        Assert.Equal([AzureDifference.SubscriptionGone], (await FindAsync(id)).Watch!.Differences);
        Assert.Null(await _room.Mend(Clients).MendAsync(Ada, id, AzureDifference.SubscriptionGone, default));
        Assert.Empty((await FindAsync(id)).Watch!.Differences);

        await _room.Removals.RemoveAsync(Ada, id, eraseResults: false, default);
        var plan = Assert.Single((await _room.Leftovers(Clients).FindAsync(Ada, default)).Found).Plan;
        Assert.True((await _room.Cleanup(Clients).RunAsync(Ada, plan, new CleanupConsent(plan.RegistryName, []), default).LastAsync()).IsClean);

        Assert.Null(_arm.World.Find(Topic));
        Assert.Equal(Bearer, Assert.Single(_arm.Shown.Distinct()));
    }

    [Fact]
    public async Task AnotherAdministratorIsOfferedNothingAndGetsNothing()
    {
        await _room.ConsentAsync(Ada, Bearer);
        var id = await DeployAsync();
        Assert.True(await _room.Tokens.StoreAsync(Ada, id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("registry token"), null, "password1", default));
        var integration = await FindAsync(id);
        var calls = _arm.Calls.Count;

        foreach (var (actor, isPossible) in new[] { (Ada, true), (_other, false) })
        {
            Assert.Equal(Enumerable.Repeat(isPossible, 7),
            [
                await _room.Discovery(Clients).IsOnAsync(actor, default), await _room.Check(Clients).IsPossibleAsync(actor, integration, default), await _room.Issue(Clients).IsPossibleAsync(actor, integration, default),
                await _room.Rotation(Clients).IsPossibleAsync(actor, integration, default), await _room.Watch(Clients).IsPossibleAsync(actor, integration, default), await _room.Cleanup(Clients).IsOnAsync(actor, default),
                await _room.Leftovers(Clients).IsOnAsync(actor, default),
            ]);
        }

        Assert.Empty((await _room.Discovery(Clients).ListAsync(_other, default)).Registries);
        Assert.Empty(await _room.Check(Clients).RunAsync(_other, id, default).ToListAsync());
        Assert.IsType<PreviewOutcome.Failed>(await _room.Preview(Clients).AskAsync(_other, id, default));
        Assert.Equal(DeploymentState.Failed, Assert.Single(await _room.Deployments(Clients).RunAsync(_other, id, default).ToListAsync()).State);
        Assert.Equal(DeploymentState.Unknown, (await _room.Deployments(Clients).FindAsync(_other, id, default))!.State);
        Assert.StartsWith("Your consent to act in Azure has ended", Assert.IsType<IssueOutcome.Failed>(await _room.Issue(Clients).IssueAsync(_other, id, null, default)).Message, StringComparison.Ordinal);
        Assert.Contains(await _room.Rotation(Clients).RotateAsync(_other, id, null, null, default).ToListAsync(), step => step.State == ConnectionStepState.Failed);
        await _room.Watch(Clients).CheckAsync(_other, id, default);
        Assert.NotNull(await _room.Mend(Clients).MendAsync(_other, id, AzureDifference.TokenGone, default));
        Assert.Null(await _room.Cleanup(Clients).PlanAsync(_other, id, default));
        Assert.Equal(0, (await _room.Leftovers(Clients).FindAsync(_other, default)).Registries);
        Assert.Equal(calls, _arm.Calls.Count);
    }

    [Fact]
    public async Task WhereARegistryLiesThatWasTypedByHandIsFoundWithThePersonsRights()
    {
        var id = await _room.ConnectAsync("contoso.azurecr.io");
        Assert.False(await _room.Finder(Clients).IsPossibleAsync(Ada, await FindAsync(id), default));
        Assert.Equal("Your consent to act in Azure has ended.", (await _room.Finder(Clients).FindAsync(Ada, id, default))!.Message);
        await _room.ConsentAsync(Ada, Bearer);
        Assert.Equal((true, false), (await _room.Finder(Clients).IsPossibleAsync(Ada, await FindAsync(id), default), await _room.Finder(Clients).IsPossibleAsync(_other, await FindAsync(id), default)));
        var elsewhere = await _room.ConnectAsync("fabrikam.azurecr.io");
        Assert.Equal("You see no such registry in Azure, in 1 subscriptions.", (await _room.Finder(Clients).FindAsync(Ada, elsewhere, default))!.Message);

        Assert.Null(await _room.Finder(Clients).FindAsync(Ada, id, default));

        Assert.Equal(("rg1", true), ((await FindAsync(id)).Place?.ResourceGroup, await _room.Rotation(Clients).IsPossibleAsync(Ada, await FindAsync(id), default)));
        Assert.False(await _room.Finder(Clients).IsPossibleAsync(Ada, await FindAsync(id), default));
        Assert.Null((await FindAsync(elsewhere)).Place);
    }

    [Fact]
    public async Task WhatTheDashboardDoesByItselfHasNoPartInIt()
    {
        await _room.ConsentAsync(Ada, Bearer);
        var id = await DeployAsync();
        Assert.True(await _room.Tokens.StoreAsync(Ada, id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("registry token"), new DateOnly(2026, 11, 25), "password1", default));
        await _room.Watch(Clients).CheckAsync(Ada, id, default);
        var calls = _arm.Calls.Count;

        await _room.WatchDueAsync(Clients);
        await _room.RotateDueAsync(Clients);
        Assert.NotNull((await FindAsync(id)).Watch);
        _room.Clock.Advance(TimeSpan.FromHours(24));
        await _room.WatchDueAsync(Clients);
        await _room.RotateDueAsync(Clients);

        // What somebody saw is not known for ever.
        Assert.Null((await FindAsync(id)).Watch);
        var host = _room.Host("contoso.azurecr.io");
        var signIn = new IdentitySignIn(Clients, _room.Integrations);
        Assert.False(signIn.IsPossible(host));
        Assert.Null(await signIn.AskAsync(Ada, id, default));
        Assert.Equal(calls, _arm.Calls.Count);
    }

    [Fact]
    public async Task ADeploymentThatLosesItsConsentSaysSoAndIsFollowedWithTheNext()
    {
        await _room.ConsentAsync(Ada, Bearer);
        _arm.Rounds = 10;
        var found = Assert.Single((await _room.Discovery(Clients).ListAsync(Ada, default)).Registries);
        var id = (await _room.Integrations.AddAsync(Ada, found.LoginServer, found.Place, default)).IntegrationId;
        Assert.Null(await _room.Integrations.FindDeploymentAsync(Ada, id, default));
        DeploymentProgress? last = null;
        await foreach (var progress in _room.Deployments(Clients).RunAsync(Ada, id, default))
        {
            if (last is null)
            {
                Assert.Equal(DeploymentState.Running, progress.State);
                await _room.Consents.EndAsync(Ada, default);
            }

            last = progress;
        }

        Assert.Equal((DeploymentState.Unknown, "You do not let the dashboard act in Azure any more: your consent has ended."), (last!.State, last.Message));
        Assert.Contains("goes on there", last.Remedy, StringComparison.Ordinal);
        Assert.Equal([DeploymentState.Unknown], last.Resources.Select(resource => resource.State).Distinct());
        Assert.Contains("goes on there", (await _room.Deployments(Clients).FindAsync(Ada, id, default))!.Remedy, StringComparison.Ordinal);
        var start = await _room.Integrations.FindDeploymentAsync(_other, id, default);
        Assert.Equal(("ada", "docker-scout-contoso"), (start!.Name, start.Deployment));

        await _room.ConsentAsync(Ada, Bearer);
        Assert.Equal(DeploymentState.Running, (await _room.Deployments(Clients).FindAsync(Ada, id, default))!.State);
        Assert.Equal(DeploymentState.Succeeded, (await _room.Deployments(Clients).RunAsync(Ada, id, default).LastAsync()).State);
        Assert.Single(await AuditAsync(AuditAction.DeploymentStarted));
    }

    [Fact]
    public async Task AnIdentityOfItsOwnGoesFirstAndIsAskedForNoConsent()
    {
        await _room.ConsentAsync(Ada, Bearer);
        _arm.Knows = token => token == ArmDouble.Token;
        var own = _room.Of(_arm.Clients(new HastyClock()));

        Assert.False(own.AllowsConsent);
        Assert.Null(await own.FindAsync(Ada, default));
        Assert.Single((await _room.Discovery(_arm.Clients(new HastyClock())).ListAsync(Ada, default)).Registries);
        Assert.Equal(ArmDouble.Token, Assert.Single(_arm.Shown.Distinct()));
    }

    [Fact]
    public async Task WithoutTheSettingAConsentThatIsStoredIsWorthNothing()
    {
        await _room.ConsentAsync(Ada, Bearer);

        var nobody = _room.Of(null);

        Assert.Equal((false, null, false), (nobody.AllowsConsent, await nobody.OfAsync(Ada, default), await nobody.IsOnAsync(Ada, default)));
    }

    private int PasswordsAlive => _arm.World.Find(Token)!["properties"]!["credentials"]!["passwords"]!.AsArray().Count;

    private async Task<List<AuditEntry>> AuditAsync(AuditAction action)
    {
        await using var db = _room.Database.CreateDbContext();
        return await db.Audit.Where(line => line.Action == action).ToListAsync();
    }

    private Task<EndRefusal?> EndOldAsync(Actor actor, long id) => _room.Old(Clients).EndAsync(actor, id, default);

    private async Task<IntegrationDetails> FindAsync(long id) => (await _room.Integrations.FindToChangeAsync(Ada, id, default))!;

    private async Task<long> DeployAsync()
    {
        var found = Assert.Single((await _room.Discovery(Clients).ListAsync(Ada, default)).Registries);
        var id = (await _room.Integrations.AddAsync(Ada, found.LoginServer, found.Place, default)).IntegrationId;
        var findings = await _room.Check(Clients).RunAsync(Ada, id, default).ToListAsync();
        Assert.Equal("You may deploy here.", findings.Single(finding => finding.Kind == CheckKind.Rights).Detail);
        Assert.IsType<PreviewOutcome.Seen>(await _room.Preview(Clients).AskAsync(Ada, id, default));
        Assert.Equal(DeploymentState.Succeeded, (await _room.Deployments(Clients).RunAsync(Ada, id, default).LastAsync()).State);
        return id;
    }

    private static void AssertPassed(List<ConnectionStep> steps)
    {
        Assert.DoesNotContain(steps, step => step.State == ConnectionStepState.Failed);
        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Passed), (steps[^1].Stage, steps[^1].State));
    }
}
