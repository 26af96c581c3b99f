using ScoutDashboard.Images;
using static ScoutDashboard.Tests.Jobs.JobRig;
using static ScoutDashboard.Tests.Webhook.EventText;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>Event Grid delivers in any order, and clocks differ.</summary>
public sealed class WebhookOrderTests
{
    private static readonly Digest D1 = DigestOf(1);

    [Fact]
    public async Task WrongOrderDoesNoHarm()
    {
        await using var rig = await WebhookRig.CreateAsync();
        await rig.StatusOfAsync($"[{Push("new", "latest", DigestOf(2), "11:00:00")}]");
        await rig.StatusOfAsync($"[{Push("old", "latest", D1, "10:00:00")}]");
        Assert.Equal(DigestOf(2), (await rig.Jobs.TagsAsync())["latest"]);

        await rig.StatusOfAsync($"[{Delete("gone", DigestOf(3), "10:30:00")}]");
        await rig.StatusOfAsync($"[{Push("late", "v3", DigestOf(3), "10:20:00")}]");
        Assert.Equal("Image was deleted since", (await rig.EventsAsync())[^1].Outcome);
        Assert.False((await rig.Jobs.TagsAsync()).ContainsKey("v3"));

        await rig.StatusOfAsync($"[{Delete("stale", DigestOf(2), "10:40:00")}]");
        Assert.Equal("Image was pushed again since", (await rig.EventsAsync())[^1].Outcome);
    }

    [Fact]
    public async Task TimeFromTheFutureDoesNotPinATag()
    {
        await using var rig = await WebhookRig.CreateAsync();
        await rig.StatusOfAsync($"[{Push("a", "latest", D1, "11:00:00").Replace("2026-", "2099-", StringComparison.Ordinal)}]");
        rig.Jobs.Clock.Advance(TimeSpan.FromHours(1));
        await rig.StatusOfAsync($"[{Push("b", "latest", DigestOf(2), "12:30:00")}]");
        Assert.Equal(DigestOf(2), (await rig.Jobs.TagsAsync())["latest"]);
    }

    [Fact]
    public async Task DeletedSubscriptionIsRememberedUntilALaterEvent()
    {
        await using var rig = await WebhookRig.CreateAsync();
        await rig.StatusOfAsync("""[{"id":"d","eventType":"Microsoft.EventGrid.SubscriptionDeletedEvent","eventTime":"2026-05-01T11:00:00Z","data":{"eventSubscriptionId":"/x"}}]""");
        Assert.Equal(Start.AddHours(-1), (await rig.IntegrationAsync()).SubscriptionDeletedAt);
        await rig.StatusOfAsync($"[{Push("before", "v1", D1, "10:00:00")}]");
        Assert.NotNull((await rig.IntegrationAsync()).SubscriptionDeletedAt);
        await rig.StatusOfAsync($"[{Push("after", "v1", D1, "11:30:00")}]");
        Assert.Null((await rig.IntegrationAsync()).SubscriptionDeletedAt);
    }
}
