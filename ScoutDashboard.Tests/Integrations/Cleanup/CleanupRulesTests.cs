using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>What may be deleted in Azure, what stays and why, and what goes by consent only.</summary>
public sealed class CleanupRulesTests
{
    private const string Docker = "https://api.scout.docker.com/hooks/acr/some-key";

    [Fact]
    public async Task ATopicWithOtherSubscriptionsStaysAndItsReminderTellsWhy()
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.AddSubscription(room.Topic, "siem", "https://siem.example.net/in?code=s3cret");

        var plan = await room.PlanAsync();
        var told = (await room.RunAsync(plan))[^1];

        Assert.Equal((CleanupVerdict.Stay, "It has other subscriptions: siem (siem.example.net)."), (plan.Items[1].Verdict, plan.Items[1].Reason));
        Assert.Equal([CleanupStepState.Gone, CleanupStepState.Left, CleanupStepState.Gone], told.Steps.Select(step => step.State));
        Assert.Equal([AzureNames.SystemTopic], room.Left);
        Assert.NotNull(room.Arm.World.Find($"{room.Topic}/eventSubscriptions/siem"));
        Assert.Equal([(AzureNames.SystemTopic, "It has other subscriptions: siem (siem.example.net).")], await room.RemindersAsync());
        Assert.DoesNotContain(room.Arm.Calls, call => call.Call == $"DELETE {room.Topic}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASubscriptionThatCameAfterThePlanSavesTheTopic(bool isLate)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        Assert.Equal(CleanupVerdict.Delete, plan.Items[1].Verdict);
        room.Arm.Trouble = context =>
        {
            // Late: when the integration's own one is about to go.
            if (!isLate || context.Request.Method == "DELETE")
            {
                room.Arm.World.AddSubscription(room.Topic, "siem", "https://siem.example.net/in");
            }

            return Task.FromResult(false);
        };

        await room.RunAsync(plan);

        Assert.Equal([AzureNames.SystemTopic], room.Left);
        Assert.NotNull(room.Arm.World.Find($"{room.Topic}/eventSubscriptions/siem"));
        Assert.Equal([AzureNames.SystemTopic], (await room.RemindersAsync()).Select(reminder => reminder.Name));
    }

    [Theory]
    [InlineData(Docker, "api.scout.docker.com")]
    [InlineData("https://scout.example.com.evil.test/webhooks/eventgrid/x", "scout.example.com.evil.test")]
    public async Task WhatSendsToSomebodyElseIsNamedAndGoesOnlyByConsentToThatHost(string webhook, string host)
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.AddSubscription(room.Topic, AzureNames.EventSubscription, webhook);

        var plan = await room.PlanAsync();
        Assert.All(plan.Items, item => Assert.Equal((CleanupVerdict.Ask, host), (item.Verdict, item.Host)));
        Assert.Equal([host], plan.Hosts);
        Assert.All((await room.RunAsync(plan, "example.net"))[^1].Steps, step => Assert.Equal(CleanupStepState.Left, step.State));
        Assert.Equal(3, room.Left.Count);

        Assert.True((await room.RunAsync(plan, host))[^1].IsClean);
        Assert.Empty(room.Left);
    }

    [Fact]
    public async Task ASubscriptionIsKnownByItsKeyWhateverTheDashboardIsCalledNow()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var webhook = (string)room.Arm.World.Find(room.Subscription)!["secret"]!;
        room.Arm.World.AddSubscription(room.Topic, AzureNames.EventSubscription, webhook.Replace("scout.example.com", "old-name.example.org", StringComparison.Ordinal));

        Assert.All((await room.PlanAsync()).Items, item => Assert.Equal(CleanupVerdict.Delete, item.Verdict));
    }

    [Theory]
    [InlineData(AzureNames.EventSubscription)]
    [InlineData("added-in-the-portal")]
    public async Task TheReminderOfTwoSubscriptionsEndsWithTheLastOfThem(string refused)
    {
        await using var room = await CleanupRoom.CreateAsync(existingTopic: "of-defender");
        var topic = room.Topic.Replace(AzureNames.SystemTopic, "of-defender", StringComparison.Ordinal);
        room.Arm.World.AddSubscription(topic, "added-in-the-portal", (string)room.Arm.World.Find($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}")!["secret"]!);
        room.Refuse((method, path) => method == "DELETE" && path.EndsWith($"/{refused}", StringComparison.Ordinal), 403, "AuthorizationFailed");

        await room.RunAsync(await room.PlanAsync());

        Assert.Contains("AuthorizationFailed", Assert.Single(await room.RemindersAsync()).Reason, StringComparison.Ordinal);
        room.Arm.Trouble = _ => Task.FromResult(false);
        Assert.True((await room.RunAsync(await room.PlanAsync()))[^1].IsClean);
        Assert.Empty(await room.RemindersAsync());
    }

    [Fact]
    public async Task ASubscriptionByWhichAnotherRegistryIsConnectedStays()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var other = (await room.Room.Integrations.AddAsync(TestActor.Administrator, room.Room.Host("fabrikam.azurecr.io"), default)).IntegrationId;
        var key = (await room.Room.Planner.ShowAsync(TestActor.Administrator, other, default))!.WebhookUrl!;
        room.Arm.World.AddSubscription(room.Topic, AzureNames.EventSubscription, key);

        var plan = await room.PlanAsync();
        await room.RunAsync(plan, plan.Hosts.ToArray());

        Assert.Equal([CleanupVerdict.Stay, CleanupVerdict.Stay, CleanupVerdict.Delete], plan.Items.Select(item => item.Verdict));
        Assert.Equal([AzureNames.EventSubscription, AzureNames.SystemTopic], room.Left);
    }

    [Fact]
    public async Task ATopicThatWasThereBeforeStaysAndIsToldSo()
    {
        await using var room = await CleanupRoom.CreateAsync(existingTopic: "of-defender");

        var plan = await room.PlanAsync();
        var told = (await room.RunAsync(plan))[^1];

        Assert.Equal([(CleanupVerdict.Delete, ""), (CleanupVerdict.Stay, "It was there before the integration."), (CleanupVerdict.Delete, "")], plan.Items.Select(item => (item.Verdict, item.Reason)));
        Assert.Equal([AzureResourceKind.EventSubscription, AzureResourceKind.Token], told.Steps.Select(step => step.Resource.Kind));
        Assert.NotNull(room.Arm.World.Find(room.Topic.Replace(AzureNames.SystemTopic, "of-defender", StringComparison.Ordinal)));
        Assert.Empty(room.Left);
        Assert.Empty(await room.RemindersAsync());
    }

    [Fact]
    public async Task ATopicOfAnotherRegistryAndATokenOfAnotherScopeMapStay()
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.Find(room.Topic)!["properties"]!["source"] = room.Arm.World.AddRegistry("fabrikam");
        room.Arm.World.Find(room.Token)!["properties"]!["scopeMapId"] = $"{room.Registry}/scopeMaps/team-a";

        var plan = await room.PlanAsync();

        Assert.All(plan.Items, item => Assert.Equal(CleanupVerdict.Stay, item.Verdict));
        Assert.Contains("the scope map team-a", plan.Items[2].Reason, StringComparison.Ordinal);
        Assert.False(plan.HasWork);
        await room.RunAsync(plan);
        Assert.Equal(3, room.Left.Count);
    }

    [Fact]
    public async Task ATokenThatSomebodyChoseStaysAndTheTemplatesOwnGoes()
    {
        await using var room = await CleanupRoom.CreateAsync(isRemoved: false);
        ArmRoutes.MakeToken(room.Arm.World, $"{room.Registry}/tokens/of-the-team", "Succeeded");
        await room.Room.Tokens.StoreAsync(TestActor.Administrator, room.Id, room.Room.Host("contoso.azurecr.io"), "of-the-team", TestSecrets.Of("registry token"), null, default);
        await room.Room.Removals.RemoveAsync(TestActor.Administrator, room.Id, eraseResults: false, default);

        await room.RunAsync(await room.PlanAsync());

        Assert.NotNull(room.Arm.World.Find($"{room.Registry}/tokens/of-the-team"));
        Assert.Empty(room.Left);
        Assert.Equal([("of-the-team", "The integration makes no token of this name.")], await room.RemindersAsync());
    }

    [Fact]
    public async Task TheTokenOfWhoeverGetsTheEventsByAnotherTopicGoesOnlyByConsent()
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.Resources.Remove(room.Subscription);
        room.Arm.World.Resources.Remove(room.Topic);
        room.Arm.World.AddSubscription(room.Arm.World.AddTopic("of-defender", room.Registry), AzureNames.EventSubscription, "https://other.example.net/webhooks/eventgrid/key");

        var plan = await room.PlanAsync();
        await room.RunAsync(plan);

        Assert.Equal((CleanupVerdict.Ask, "other.example.net"), (plan.Items[2].Verdict, plan.Items[2].Host));
        Assert.NotNull(room.Arm.World.Find(room.Token));
    }

    [Fact]
    public async Task ARegistryThatIsConnectedAgainKeepsEverything()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        await room.Room.AddAsync("contoso.azurecr.io");

        Assert.IsType<CleanupPlanOutcome.Failed>(await room.Cleanup.PlanAsync(TestActor.Administrator, room.Id, default));
        Assert.All((await room.RunAsync(plan))[^1].Steps, step => Assert.Equal(CleanupStepState.Left, step.State));
        Assert.Equal(3, room.Left.Count);
    }
}
