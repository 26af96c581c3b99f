using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>A registry that was moved is followed, another one is not taken for it; and a topic is its own wherever it lies.</summary>
public sealed class WatchPlaceTests : WatchTest
{
    private static readonly Guid Second = Guid.Parse("22222222-2222-2222-2222-222222222222");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARegistryThatWasMovedIsFollowedWithItsTokenAndItsNewPlaceIsKept(bool toAnotherSubscription)
    {
        World.Subscriptions[Second] = "Archive";
        var subscription = toAnotherSubscription ? Second : ArmWorld.First;
        var moved = Move(subscription);

        // The topic goes on naming the place where the registry was.
        await AssertFoundAsync(AzureDifference.TopicGone);
        await AssertFoundAsync(AzureDifference.TopicGone);

        var row = await RowAsync();
        Assert.Equal((subscription, "rg2", "westeurope"), (row.AzureSubscription!.Value, row.ResourceGroup, row.Location));
        await using var db = _rig.Room.Database.CreateDbContext();
        var line = await db.Audit.SingleAsync(entry => entry.Action == AuditAction.RegistryMoved);
        Assert.Equal(("ada", "contoso.azurecr.io"), (line.Name, line.Subject));
        Assert.Contains("rg1 to ", line.Detail, StringComparison.Ordinal);
        await AssertMendedAsync(AzureDifference.TopicGone);
        Assert.NotNull(World.Find($"{moved[..moved.IndexOf("/providers/", StringComparison.Ordinal)]}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}/eventSubscriptions/{AzureNames.EventSubscription}"));
    }

    [Fact]
    public async Task AMendFollowsARegistryThatWasMovedThoughNobodyLookedYet()
    {
        var token = $"{Move(ArmWorld.First)}/tokens/{AzureNames.Token}";
        World.Find(token)!["properties"]!["status"] = "disabled";

        Assert.Null(await MendAsync(AzureDifference.TokenDisabled));

        Assert.Equal("enabled", (string?)World.Find(token)!["properties"]!["status"]);
    }

    // Where a group goes, the identity's role there goes with it: Azure then says 403, not 404.
    [Fact]
    public async Task ARegistryWhoseOldGroupWentWithTheRoleIsFollowed()
    {
        Move(ArmWorld.First);
        Refuse(path => path.Contains("/resourceGroups/rg1", StringComparison.OrdinalIgnoreCase));

        await AssertFoundAsync(AzureDifference.TopicGone);

        Assert.Equal("rg2", (await RowAsync()).ResourceGroup);
    }

    [Fact]
    public async Task ARegistryOfItsNameWithAnotherLoginServerIsNotTakenForIt()
    {
        World.Resources.Remove(Registry);
        World.AddRegistry("contoso", "rg2", loginServer: "contoso-e7ggejfuhzhgedc8.azurecr.io");
        ArmRoutes.MakeToken(World, _rig.TokenId.Replace("/rg1/", "/rg2/", StringComparison.Ordinal), "Succeeded");

        await AssertLostAsync("sees: it was deleted, or moved out of its sight");
    }

    [Fact]
    public async Task AnotherRegistryAtItsPlaceIsNotTakenForIt()
    {
        World.AddRegistry("contoso", "rg1", loginServer: "contoso-e7ggejfuhzhgedc8.azurecr.io");

        await AssertLostAsync("sees: it was deleted, or moved out of its sight");
    }

    [Fact]
    public async Task ARegistryThatWasDeletedAndMadeAgainElsewhereIsNotTakenForIt()
    {
        await AssertFoundAsync();
        World.Resources.Remove(Registry);
        World.AddRegistry("contoso", "rg2", madeAt: World.Now.AddDays(3));

        await AssertLostAsync("another one of its name was made in the resource group rg2");

        World.Resources.Remove(Registry.Replace("/rg1/", "/rg2/", StringComparison.Ordinal));
        World.AddRegistry("contoso", "rg3", madeAt: World.Now);
        await CheckAsync();
        Assert.Equal("rg3", (await RowAsync()).ResourceGroup);
    }

    // Nobody knows when the first one was made, but it was there when it was connected.
    [Fact]
    public async Task ARegistryThatWasMadeAgainBeforeAnyLookIsNotTakenForIt()
    {
        World.Resources.Remove(Registry);
        World.AddRegistry("contoso", "rg2", madeAt: World.Now.AddDays(3));

        await AssertLostAsync("another one of its name was made in the resource group rg2");
        Assert.Equal("rg1", (await RowAsync()).ResourceGroup);
    }

    [Fact]
    public async Task ARegistryThatIsNotSeenIsNotSaidToBeGoneWhereASubscriptionCouldNotBeRead()
    {
        World.Subscriptions[Second] = "Archive";
        Move(Second);
        Refuse(path => path.StartsWith($"/subscriptions/{Second}/", StringComparison.Ordinal));

        await AssertLostAsync("Not all subscriptions could be looked at, 1 of 2 not: Archive.");

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await AssertFoundAsync(AzureDifference.TopicGone);
    }

    [Fact]
    public async Task WhereARegistryMayNotBeReadAndIsNowhereElseItStaysWhereItWas()
    {
        Refuse(path => path.EndsWith("/registries/contoso", StringComparison.Ordinal));

        await AssertFoundAsync();

        Assert.Equal("rg1", (await RowAsync()).ResourceGroup);
    }

    [Fact]
    public async Task OfATypedRegistryItIsToldThatNotAllCouldBeLookedAtAndAllAreAskedOnceADay()
    {
        World.Subscriptions[Second] = "Archive";
        Refuse(path => path.StartsWith($"/subscriptions/{Second}/", StringComparison.Ordinal));
        var id = await _rig.Room.ConnectAsync("fabrikam.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);
        _rig.Room.Clock.Advance(TimeSpan.FromHours(2));
        var other = await _rig.Room.ConnectAsync("northwind.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);

        foreach (var placeless in new[] { id, other })
        {
            var watch = (await _rig.Room.Integrations.FindAsync(1, placeless, default))!.Watch!;
            Assert.StartsWith("Not all subscriptions could be looked at, 1 of 2 not: Archive.", watch.Failure, StringComparison.Ordinal);
            Assert.NotEmpty(watch.Remedy);
        }

        // What concerns the identity's rights elsewhere is no need of every registry that was typed.
        Assert.Empty(await NeedsAsync());
        Assert.All(await _rig.Room.Integrations.ListAsync(1, default), row => Assert.False(row.IsUnknown));
        var asked = Surveys;
        _rig.Room.Clock.Advance(TimeSpan.FromHours(22));
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Equal(asked, Surveys);
        _rig.Room.Clock.Advance(TimeSpan.FromHours(2));
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Equal(asked + 1, Surveys);
        Assert.Null((await _rig.Room.Integrations.FindAsync(1, id, default))!.Watch);
    }

    [Theory]
    [InlineData("rg7", "of-defender", "image-change")]
    [InlineData("rg7", "docker-scout-repository", "image-change")]
    [InlineData("rg7", "of-defender", "added-in-the-portal")]
    [InlineData("rg1", "of-defender", "added-in-the-portal")]
    public async Task EventsThatComeByATopicElsewhereAreNoDifference(string group, string topic, string subscription)
    {
        MoveTopic(group, topic, subscription);

        await AssertFoundAsync();
    }

    [Theory]
    [InlineData("rg7", "of-defender", "image-change")]
    [InlineData("rg7", "docker-scout-repository", "added-in-the-portal")]
    [InlineData("rg1", "of-defender", "added-in-the-portal")]
    public async Task ASubscriptionAtATopicElsewhereIsMendedThereAndNothingIsMadeBesideIt(string group, string topic, string subscription)
    {
        MoveTopic(group, topic, subscription);
        Filter["subjectBeginsWith"] = "team/";
        await AssertFoundAsync(AzureDifference.Filtered);

        await AssertMendedAsync(AzureDifference.Filtered);

        Assert.EndsWith($"/resourceGroups/{group}/providers/Microsoft.EventGrid/systemTopics/{topic}/eventSubscriptions/{subscription}", (string)Subscription["id"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.StartsWith("PUT ", StringComparison.Ordinal) && call.Call.Contains("/deployments/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhereATopicElsewhereHasNoSubscriptionOneIsAddedToIt()
    {
        MoveTopic("rg7", "of-defender", "image-change");
        World.Resources.Remove((string)Subscription["id"]!);
        await AssertFoundAsync(AzureDifference.OtherTopic, AzureDifference.SubscriptionGone);

        await AssertMendedAsync(AzureDifference.OtherTopic);

        Assert.Equal(("of-defender", true), ((await RowAsync()).SystemTopic, (await RowAsync()).UsesExistingTopic));
        Assert.Equal("of-defender", (string?)Topic["name"]);
    }

    private ArmWorld World => _rig.Arm.World;

    private string Registry => _rig.TokenId[.._rig.TokenId.IndexOf("/tokens/", StringComparison.Ordinal)];

    private int Surveys => _rig.Arm.Calls.Count(call => call.Call == "GET /subscriptions");

    private Task<MendOutcome?> MendAsync(AzureDifference difference) => _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, difference, default);

    private string Move(Guid subscription)
    {
        var registry = World.MoveRegistry("contoso", "rg1", "rg2", subscription);
        _rig.Acr.Accepts = password => World.Accepts($"{registry}/tokens/{AzureNames.Token}", password);
        return registry;
    }

    // The template's own topic and subscription as if a person had made them so.
    private void MoveTopic(string group, string topic, string subscription)
    {
        var webhook = (string)Subscription["secret"]!;
        World.Resources.Remove((string)Subscription["id"]!);
        World.Resources.Remove((string)Topic["id"]!);
        World.AddSubscription(World.AddTopic(topic, Registry, group), subscription, webhook);
    }

    // Neither told to be gone nor changed, nor touched.
    private async Task AssertLostAsync(string told)
    {
        await CheckAsync();
        var watch = (await DetailsAsync()).Watch!;
        Assert.Empty(watch.Differences);
        Assert.Contains(told, watch.Failure, StringComparison.Ordinal);
        Assert.NotEmpty(watch.Remedy);
        Assert.Equal("rg1", (await RowAsync()).ResourceGroup);
        Assert.Contains(told, (await MendAsync(AzureDifference.TokenGone))!.Message, StringComparison.Ordinal);
        var rotated = Assert.Single(await _rig.RotateAsync());
        Assert.Contains(told, rotated.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Arm.Calls, call => !call.Call.StartsWith("GET ", StringComparison.Ordinal) && !call.Call.EndsWith("/getFullUrl", StringComparison.Ordinal));
    }

    private void Refuse(Func<string, bool> isRefused) => _rig.Arm.Trouble = async context =>
    {
        if (!isRefused(context.Request.Path.Value!))
        {
            return false;
        }

        context.Response.StatusCode = 403;
        await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"No."}}""");
        return true;
    };
}
