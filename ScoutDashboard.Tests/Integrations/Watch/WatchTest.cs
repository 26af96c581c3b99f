using System.Text.Json.Nodes;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>A registry that was deployed and connected, and questions and answers of the look at what is there.</summary>
public abstract class WatchTest : IAsyncLifetime
{
    private protected RotationRig _rig = null!;

    private protected JsonObject Topic => _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.EventGrid/systemTopics");

    private protected JsonObject Subscription => _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.EventGrid/systemTopics/eventSubscriptions");

    private protected JsonNode Filter => Subscription["properties"]!["filter"]!;

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        await _rig.DeployAsync();
    }

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private protected JsonNode Token => _rig.Arm.World.Find(_rig.TokenId)!["properties"]!;

    private protected Task<Integration> RowAsync() => _rig.Room.RowAsync(_rig.Id);

    private protected async Task<IntegrationDetails> DetailsAsync() => (await _rig.Room.Integrations.FindAsync(1, _rig.Id, default))!;

    private protected Task<IReadOnlyList<Need>> NeedsAsync() => new NeedsReport(_rig.Room.Database, _rig.Room.Clock).ListAsync(1, default);

    private protected Task CheckAsync() => _rig.Room.Watch(_rig.Clients).CheckAsync(TestActor.Administrator, _rig.Id, default);

    private protected async Task AssertFoundAsync(params AzureDifference[] expected)
    {
        await CheckAsync();
        var watch = (await DetailsAsync()).Watch!;
        Assert.Equal(expected, watch.Differences);
        Assert.Null(watch.Failure);
    }

    private protected async Task AssertMendedAsync(AzureDifference difference)
    {
        Assert.Null(await _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, difference, default));
        Assert.Empty((await DetailsAsync()).Watch!.Differences);
    }
}
