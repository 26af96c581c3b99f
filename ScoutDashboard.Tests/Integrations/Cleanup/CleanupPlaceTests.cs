using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>A registry that was moved, a topic that lies elsewhere, and what is not seen at all.</summary>
public sealed class CleanupPlaceTests
{
    [Fact]
    public async Task ARegistryThatWasMovedIsFoundInItsNewGroup()
    {
        await using var room = await CleanupRoom.CreateAsync();
        foreach (var (id, resource) in room.Arm.World.Resources.Where(pair => pair.Key.Contains("ContainerRegistry", StringComparison.Ordinal)).ToList())
        {
            room.Arm.World.Resources.Remove(id);
            var moved = resource.ToJsonString().Replace("/rg1/", "/rg2/", StringComparison.Ordinal);
            room.Arm.World.Resources[id.Replace("/rg1/", "/rg2/", StringComparison.Ordinal)] = System.Text.Json.Nodes.JsonNode.Parse(moved)!.AsObject();
        }

        var plan = await room.PlanAsync();
        await room.RunAsync(plan);

        Assert.Equal(("rg2", CleanupVerdict.Delete), (plan.Target.Registry.ResourceGroup, plan.Items[2].Verdict));
        Assert.Null(room.Arm.World.Find(room.Token.Replace("/rg1/", "/rg2/", StringComparison.Ordinal)));
        // The topic stayed where it was, of a registry that is no longer there: it is not told to be gone.
        Assert.NotNull(room.Arm.World.Find(room.Topic));
        Assert.Contains(AzureNames.SystemTopic, (await room.RemindersAsync()).Select(reminder => reminder.Name));
    }

    [Fact]
    public async Task ARegistryThatIsNotSeenIsNoProofThatItsTokenIsGone()
    {
        await using var room = await CleanupRoom.CreateAsync();
        foreach (var id in room.Arm.World.Resources.Keys.Where(id => id.Contains("ContainerRegistry", StringComparison.Ordinal)).ToList())
        {
            room.Arm.World.Resources.Remove(id);
        }

        var plan = await room.PlanAsync();
        await room.RunAsync(plan);

        Assert.Equal(CleanupVerdict.Stay, plan.Items[2].Verdict);
        Assert.Contains("not known", Assert.Single(await room.RemindersAsync(), reminder => reminder.Name == AzureNames.Token).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTokenOfARegistryThatWasMadeInItsPlaceStays()
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.Find(room.Registry)!["properties"]!["loginServer"] = "contoso-b1c2d3e4f5a6b7c8.azurecr.io";

        await room.RunAsync(await room.PlanAsync());

        Assert.NotNull(room.Arm.World.Find(room.Token));
        Assert.Contains(AzureNames.Token, (await room.RemindersAsync()).Select(reminder => reminder.Name));
    }

    [Fact]
    public async Task APlaceThatWasCorrectedMeanwhileDoesNotHideTheTopicThatStayedBehind()
    {
        await using var room = await CleanupRoom.CreateAsync(isRemoved: false);
        room.Arm.World.MoveRegistry("contoso", "rg1", "rg2");
        await room.Room.Watch(room.Arm.Clients(new HastyClock())).CheckAsync(TestActor.Administrator, room.Id, default);
        await room.PlanAsync();
        await room.Room.Removals.RemoveAsync(TestActor.Administrator, room.Id, eraseResults: false, default);

        var plan = await room.PlanAsync();
        await room.RunAsync(plan);

        Assert.Equal("rg2", (await room.Room.RowAsync(room.Id)).ResourceGroup);
        Assert.Equal([CleanupVerdict.Stay, CleanupVerdict.Stay, CleanupVerdict.Delete], plan.Items.Select(item => item.Verdict));
        Assert.Equal([AzureNames.SystemTopic], (await room.RemindersAsync()).Select(reminder => reminder.Name));
    }

    [Fact]
    public async Task ARegistryThatWasMovedToAnotherSubscriptionLosesItsTokenThere()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var second = Guid.Parse("22222222-2222-2222-2222-222222222222");
        room.Arm.World.Subscriptions[second] = "Archive";
        var token = $"{room.Arm.World.MoveRegistry("contoso", "rg1", "rg1", second)}/tokens/{AzureNames.Token}";

        await room.RunAsync(await room.PlanAsync());

        Assert.Null(room.Arm.World.Find(token));
        Assert.Equal(second, (await room.Room.RowAsync(room.Id)).AzureSubscription);
    }

    [Fact]
    public async Task WhereASubscriptionCouldNotBeReadThatIsToldOfWhatIsNotSeen()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var second = Guid.Parse("22222222-2222-2222-2222-222222222222");
        room.Arm.World.Subscriptions[second] = "Archive";
        room.Arm.World.MoveRegistry("contoso", "rg1", "rg2", second);
        room.Refuse((_, path) => path.StartsWith($"/subscriptions/{second}/", StringComparison.Ordinal), 403, "AuthorizationFailed");

        var item = (await room.PlanAsync()).Items[2];

        Assert.Equal(CleanupVerdict.Stay, item.Verdict);
        Assert.Contains("Not all subscriptions could be looked at, 1 of 2 not: Archive.", item.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker-scout-repository", new[] { "docker-scout-readonly-token" }, new string[0])]
    [InlineData("of-defender", new[] { "docker-scout-readonly-token" }, new[] { "of-defender" })]
    public async Task ATopicInAnotherGroupIsFoundByItsSourceAndGoesOnlyWhereItIsTheIntegrations(string name, string[] gone, string[] stays)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var webhook = (string)room.Arm.World.Find(room.Subscription)!["secret"]!;
        room.Arm.World.Resources.Remove(room.Subscription);
        room.Arm.World.Resources.Remove(room.Topic);
        var topic = room.Arm.World.AddTopic(name, room.Registry, "rg7");
        room.Arm.World.AddSubscription(topic, AzureNames.EventSubscription, webhook);

        await room.RunAsync(await room.PlanAsync());

        Assert.Null(room.Arm.World.Find($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}"));
        Assert.Equal(stays, room.Arm.World.Resources.Values.Where(item => ((string)item["type"]!).EndsWith("/systemTopics", StringComparison.Ordinal)).Select(item => (string)item["name"]!));
        Assert.DoesNotContain(room.Arm.World.Resources.Values, item => gone.Contains((string)item["name"]!));
        Assert.Empty(await room.RemindersAsync());
    }

    // The same hostname and the same names, of an integration of which the registry is gone.
    [Fact]
    public async Task OnlyTheRemindersOfTheIntegrationItselfAreTickedOff()
    {
        await using var room = await CleanupRoom.CreateAsync();
        await using var db = room.Room.Database.CreateDbContext();
        var other = await room.Room.AddAsync("fabrikam.azurecr.io");
        db.CleanupTasks.Add(new CleanupTask { OrganizationId = 1, IntegrationId = other, Hostname = "contoso.azurecr.io", Kind = CleanupKind.RegistryToken, ResourceName = AzureNames.Token });
        await db.SaveChangesAsync();

        await room.RunAsync(await room.PlanAsync());

        Assert.Equal(other, Assert.Single(await room.Room.Removals.ListRemindersAsync(1, default)).IntegrationId);
    }
}
