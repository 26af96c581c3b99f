using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>What integrations that no longer exist left behind.</summary>
public sealed class LeftoverSearchTests : IAsyncLifetime
{
    private static readonly Guid Second = Guid.Parse("22222222-2222-2222-2222-222222222222");

    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;

    [Fact]
    public async Task WhatDockerScoutLeftIsFoundWithItsHostAndGoesByConsentOnly()
    {
        var (topic, token) = AddDockers("fabrikam");

        var left = Assert.Single((await FindAsync()).Found);

        Assert.Equal(("fabrikam.azurecr.io", "rg-images", "Production"), (left.Plan.Target.Hostname, left.Plan.Target.Registry.ResourceGroup, left.Subscription));
        Assert.All(left.Plan.Items, item => Assert.Equal((CleanupVerdict.Ask, "api.scout.docker.com"), (item.Verdict, item.Host)));
        Assert.All(await RunAsync(left.Plan), step => Assert.Equal(CleanupStepState.Left, step.State));
        Assert.NotNull(_arm.World.Find(token));
        Assert.All(await RunAsync(left.Plan, "api.scout.docker.com"), step => Assert.Equal(CleanupStepState.Gone, step.State));
        Assert.Null(_arm.World.Find(topic));
        Assert.Null(_arm.World.Find(token));
        Assert.Empty((await FindAsync()).Found);
    }

    [Fact]
    public async Task WhatIsConnectedHereAndWhatBearsOtherNamesIsNotFound()
    {
        AddDockers("contoso");
        await _room.AddAsync("contoso.azurecr.io");
        var other = _arm.World.AddRegistry("adventure");
        _arm.World.AddSubscription(_arm.World.AddTopic("of-defender", other), AzureNames.EventSubscription, "https://siem.example.net/in");
        ArmRoutes.MakeToken(_arm.World, $"{other}/tokens/of-the-team", "Succeeded");
        ArmRoutes.MakeToken(_arm.World, $"{_arm.World.AddRegistry("northwind")}/tokens/{AzureNames.Token}", "Succeeded")["properties"]!["scopeMapId"] = "/scopeMaps/team-a";

        var found = await FindAsync();

        Assert.Empty(found.Found);
        Assert.Empty(found.Problems);
        Assert.Equal(3, found.Registries);
    }

    [Fact]
    public async Task ATopicWhoseRegistryIsGoneAndATokenWithoutATopicAreFound()
    {
        var gone = _arm.World.AddRegistry("wingtip");
        _arm.World.AddTopic("docker-scout-repository-wingtip", gone, "rg9");
        _arm.World.Resources.Remove(gone);
        _arm.World.Subscriptions[Second] = "Staging";
        ArmRoutes.MakeToken(_arm.World, $"{_arm.World.AddRegistry("tailspin", subscription: Second)}/tokens/{AzureNames.Token}", "Succeeded");

        var found = (await FindAsync()).Found;

        Assert.Equal([("tailspin", "Staging"), ("wingtip", "Production")], found.Select(left => (left.Plan.RegistryName, left.Subscription)));
        Assert.Equal([CleanupVerdict.Delete], found[0].Plan.Items.Select(item => item.Verdict));
        Assert.All(await RunAsync(found[0].Plan), step => Assert.Equal(CleanupStepState.Gone, step.State));
        Assert.All(await RunAsync(found[1].Plan), step => Assert.Equal(CleanupStepState.Gone, step.State));
        Assert.DoesNotContain(_arm.World.Resources.Keys, id => id.Contains("systemTopics", StringComparison.Ordinal) || id.Contains("tokens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARegistryThatIsConnectedMeanwhileKeepsEverything()
    {
        var (topic, token) = AddDockers("fabrikam");
        var left = Assert.Single((await FindAsync()).Found);
        await _room.AddAsync("fabrikam.azurecr.io");

        Assert.All(await RunAsync(left.Plan, "api.scout.docker.com"), step => Assert.Equal(CleanupStepState.Left, step.State));

        Assert.NotNull(_arm.World.Find(topic));
        Assert.NotNull(_arm.World.Find(token));
    }

    [Fact]
    public async Task RemindersOfTheSameRegistryAreTickedOffToo()
    {
        // Without a place it has only reminders.
        var id = await _room.AddAsync("fabrikam.azurecr.io");
        await _room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, default);
        AddDockers("fabrikam");

        await RunAsync(Assert.Single((await FindAsync()).Found).Plan, "api.scout.docker.com");

        Assert.Empty(await _room.Removals.ListRemindersAsync(1, default));
        await using var db = _room.Database.CreateDbContext();
        Assert.Equal(2, await db.Audit.CountAsync(line => line.Action == AuditAction.ReminderTickedOff && line.Name == "ada"));
    }

    [Fact]
    public async Task ASubscriptionThatCannotBeReadIsToldBesideWhatIsFound()
    {
        AddDockers("fabrikam");
        _arm.World.Subscriptions[Second] = "Staging";
        _arm.Trouble = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(context.Request.Path.Value!.Contains($"{Second}", StringComparison.Ordinal));
        };

        var found = await FindAsync();

        Assert.Single(found.Found);
        Assert.Equal("Staging", Assert.Single(found.Problems).Subscription);
    }

    [Fact]
    public async Task AzureThatCannotBeAskedAtAllIsNotTakenForNothing()
    {
        _arm.Trouble = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        var found = await FindAsync();

        Assert.Equal((0, 0, 1), (found.Found.Count, found.Registries, found.Problems.Count));
    }

    [Fact]
    public async Task EachRegistryWithoutLeftoversCostsOneCallAndNeverMoreThanFourAreAskedAtOnce()
    {
        _arm.World.PageSize = 100;
        for (var number = 10; number < 50; number++)
        {
            _arm.World.AddRegistry($"contoso{number}");
        }

        var (now, most) = (0, 0);
        var four = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _arm.Trouble = async context =>
        {
            if (context.Request.Path.Value!.Contains("/tokens/", StringComparison.Ordinal))
            {
                InterlockedMax(ref most, Interlocked.Increment(ref now));
                if (most == 4)
                {
                    four.TrySetResult();
                }

                await four.Task;
                Interlocked.Decrement(ref now);
            }

            return false;
        };

        var found = await FindAsync();

        Assert.Equal((40, 0, 4), (found.Registries, found.Found.Count, most));
        Assert.Equal(40 + 3, _arm.Calls.Count);
    }

    [Fact]
    public async Task WithoutAnIdentityNothingIsAsked()
    {
        AddDockers("fabrikam");

        Assert.False(await _room.Leftovers().IsOnAsync(TestActor.Administrator, default));
        Assert.Empty((await _room.Leftovers().FindAsync(TestActor.Administrator, default)).Found);
        Assert.Empty(_arm.Calls);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    // As Docker's own template made them.
    private (string Topic, string Token) AddDockers(string name)
    {
        var registry = _arm.World.AddRegistry(name, "rg-images");
        var topic = _arm.World.AddTopic(AzureNames.SystemTopic, registry, "rg-images");
        _arm.World.AddSubscription(topic, AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key");
        var token = $"{registry}/tokens/{AzureNames.Token}";
        ArmRoutes.MakeToken(_arm.World, token, "Succeeded");
        return (topic, token);
    }

    private Task<Leftovers> FindAsync() => _room.Leftovers(_arm.Clients(new HastyClock())).FindAsync(TestActor.Administrator, default);

    private async Task<IReadOnlyList<CleanupStep>> RunAsync(CleanupPlan plan, params string[] hosts) =>
        (await _room.Cleanup(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, plan, new CleanupConsent(plan.RegistryName, hosts), default).ToListAsync())[^1].Steps;

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen; (seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen;)
        {
        }
    }
}
