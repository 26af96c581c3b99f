using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What bears a name already that the template gives, whose it is, and how that is settled.</summary>
public sealed class NameClashTests : IAsyncLifetime
{
    private const string Docker = "https://api.scout.docker.com/hooks/acr/some-key";

    private static readonly string Deploy =
        $"az deployment group create --subscription {ArmWorld.First} --resource-group 'rg1' --name docker-scout --template-file acr-integration.json --parameters RegistryName=contoso systemTopics_dockerScoutRepository=";

    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private long _id;
    private string _registry = "";

    private string Token => $"{_registry}/tokens/{AzureNames.Token}";

    [Fact]
    public async Task WhereNothingBearsTheNamesAllAreMade()
    {
        var findings = await AskAsync();

        Assert.All([CheckKind.SystemTopic, CheckKind.EventSubscription, CheckKind.RegistryToken], kind => Assert.EndsWith(" is made.", findings.Single(finding => finding.Kind == kind).Detail, StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal((CheckState.Passed, "", null), (finding.State, finding.Remedy, finding.Command)));
    }

    [Theory]
    [InlineData(false, false, "docker-scout-repository-contoso")]
    [InlineData(false, true, "docker-scout-repository-contoso-2")]
    [InlineData(true, false, "docker-scout-repository-contoso useExistingSystemTopic=false")]
    public async Task ATopicOfAnotherResourceUnderThePlannedNameWouldFail(bool isSaidToExist, bool isNextTaken, string settled)
    {
        await _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, AzureNames.SystemTopic, isSaidToExist, default);
        _arm.World.AddTopic("Docker-Scout-Repository", _arm.World.AddRegistry("fabrikam"));
        if (isNextTaken)
        {
            _arm.World.AddTopic("docker-scout-repository-contoso", _arm.World.AddRegistry("wingtip"));
        }

        var finding = await AskAsync(CheckKind.SystemTopic);

        Assert.Equal((CheckState.Failed, Deploy + settled), (finding.State, finding.Command));
        Assert.Equal("The name docker-scout-repository is taken: that system topic is of another resource, registries/fabrikam, and Azure does not change a topic's source.", finding.Detail);
        Assert.Contains("name of its own", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AzureRefusesWhatTheCheckFoundAndTakesTheNameThatItProposed()
    {
        var other = _arm.World.AddTopic(AzureNames.SystemTopic, _arm.World.AddRegistry("fabrikam"));

        var refused = await DeployAsync();
        await _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, (await AskAsync(CheckKind.SystemTopic)).Command!.Split('=')[^1], exists: false, default);

        Assert.Equal((DeploymentState.Failed, "System topic source cannot be modified."), (refused.State, refused.Message));
        Assert.EndsWith("/fabrikam", (string?)_arm.World.Find(other)!["properties"]!["source"], StringComparison.Ordinal);
        Assert.Null(_arm.World.Find($"{other}/eventSubscriptions/{AzureNames.EventSubscription}"));
        Assert.Equal(CheckState.Passed, (await AskAsync(CheckKind.SystemTopic)).State);
        Assert.Equal(DeploymentState.Succeeded, (await DeployAsync()).State);
    }

    [Fact]
    public async Task ATopicOfThatNameInAnotherResourceGroupIsNoClashNorIsAnyWhereNoneIsMade()
    {
        _arm.World.AddTopic(AzureNames.SystemTopic, _arm.World.AddRegistry("fabrikam"), "rg2");
        Assert.Equal(CheckState.Passed, (await AskAsync(CheckKind.SystemTopic)).State);

        _arm.World.AddTopic(AzureNames.SystemTopic, _arm.World.AddRegistry("fabrikam"));
        await using var room = await IntegrationRoom.CreateAsync(publicUrl: null);
        var id = await AddAsync(room);
        var findings = await room.Check(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, id, default).ToListAsync();

        Assert.All([CheckKind.SystemTopic, CheckKind.EventSubscription], kind => Assert.Equal(CheckState.Passed, findings.Single(finding => finding.Kind == kind).State));
    }

    [Theory]
    [InlineData(Docker, "WebHook", "api.scout.docker.com")]
    [InlineData("https://scout.example.com.evil.test/webhooks/eventgrid/x", "WebHook", "scout.example.com.evil.test")]
    [InlineData("", "EventHub", "EventHub")]
    public async Task ASubscriptionThatSendsToSomebodyElseWouldBeTaken(string webhook, string type, string receiver)
    {
        var subscription = _arm.World.AddSubscription(_arm.World.AddTopic(AzureNames.SystemTopic, _registry), "Image-Change", webhook);
        subscription["properties"]!["destination"]!["endpointType"] = type;
        const string at = "--resource-group 'rg1' --system-topic-name 'docker-scout-repository'";

        var finding = await AskAsync(CheckKind.EventSubscription);

        Assert.Equal(CheckState.Taken, finding.State);
        Assert.Equal($"The subscription image-change of the topic docker-scout-repository sends to {receiver}, not to this dashboard; it would be overwritten.", finding.Detail);
        Assert.Contains("under another name", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(
            [
                $"az eventgrid system-topic event-subscription create --subscription {ArmWorld.First} {at} --name NEW_NAME --endpoint-type '{type.ToLowerInvariant()}' --endpoint 'ENDPOINT'"
                    + " --included-event-types 'Microsoft.ContainerRegistry.ImagePushed' 'Microsoft.ContainerRegistry.ImageDeleted'",
                $"az eventgrid system-topic event-subscription delete --subscription {ArmWorld.First} {at} --name image-change --yes",
            ],
            finding.Command!.Split('\n'));
    }

    [Theory]
    [InlineData("https://scout.example.com/webhooks/eventgrid/a-key-that-nobody-knows-any-more", "scout.example.com")]
    [InlineData("https://scout.example.com/webhooks/eventgrid/KEY", "scout.example.com")]
    [InlineData("https://old-name.example.org/webhooks/eventgrid/KEY", "old-name.example.org")]
    [InlineData("https://old-name.example.org/webhooks/eventgrid/REMOVED", "old-name.example.org")]
    public async Task TheDashboardsOwnIsReplacedWhereverItSentTo(string webhook, string host)
    {
        var removed = await _room.AddAsync("fabrikam.azurecr.io");
        webhook = webhook.Replace("KEY", await KeyAsync(TestActor.Administrator, _id), StringComparison.Ordinal).Replace("REMOVED", await KeyAsync(TestActor.Administrator, removed), StringComparison.Ordinal);
        Assert.True(await _room.Removals.RemoveAsync(TestActor.Administrator, removed, eraseResults: false, default));
        _arm.World.AddSubscription(_arm.World.AddTopic(AzureNames.SystemTopic, _registry), AzureNames.EventSubscription, webhook);

        var finding = await AskAsync(CheckKind.EventSubscription);

        Assert.Equal((CheckState.Passed, $"The subscription image-change is this dashboard's own, sending to {host}; it is replaced.", ""), (finding.State, finding.Detail, finding.Remedy));
    }

    [Fact]
    public async Task WhatAnotherIntegrationGetsItsEventsByIsWarnedOf()
    {
        var other = (await _room.Integrations.AddAsync(TestActor.Stranger, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        _arm.World.AddSubscription(_arm.World.AddTopic(AzureNames.SystemTopic, _registry), AzureNames.EventSubscription, $"https://scout.example.com/webhooks/eventgrid/{await KeyAsync(TestActor.Stranger, other)}");

        var finding = await AskAsync(CheckKind.EventSubscription);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Contains("another integration of this dashboard", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("az eventgrid system-topic event-subscription create ", finding.Command, StringComparison.Ordinal);
        Assert.DoesNotContain("delete", finding.Command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AtATopicElsewhereTheIntegrationsOwnSubscriptionIsMendedWhateverItsName(bool hasOwn)
    {
        var topic = _arm.World.AddTopic("of-defender", _registry, "security");
        _arm.World.AddSubscription(topic, AzureNames.EventSubscription, Docker);
        if (hasOwn)
        {
            _arm.World.AddSubscription(topic, "added-in-the-portal", $"https://scout.example.com/webhooks/eventgrid/{await KeyAsync(TestActor.Administrator, _id)}");
        }

        var finding = await AskAsync(CheckKind.EventSubscription);
        Assert.Equal(hasOwn ? CheckState.Passed : CheckState.Taken, finding.State);
        Assert.Contains(hasOwn ? "by the subscription added-in-the-portal already" : "of the topic of-defender", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(!hasOwn, finding.Command?.Contains("--resource-group 'security'", StringComparison.Ordinal) ?? false);

        // What the deployment does.
        Assert.Equal(DeploymentState.Succeeded, (await DeployAsync()).State);
        Assert.Equal(hasOwn, (string?)_arm.World.Find($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}")!["secret"] == Docker);
    }

    [Theory]
    [InlineData("of-the-build", true, "of-the-build (repositories/app/content/read, repositories/app/content/write)")]
    [InlineData("of-nobody", false, "of-nobody (which the registry does not have)")]
    public async Task ATokenWithAnotherScopeMapIsToldWithWhatChanges(string map, bool isThere, string before)
    {
        AddToken(map);
        var id = $"{_registry}/scopeMaps/{map}";
        if (isThere)
        {
            _arm.World.Resources[id] = new JsonObject { ["id"] = id, ["name"] = map, ["type"] = "Microsoft.ContainerRegistry/registries/scopeMaps", ["properties"] = new JsonObject { ["actions"] = new JsonArray("repositories/app/content/read", "repositories/app/content/write") } };
        }

        var finding = await AskAsync(CheckKind.RegistryToken);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Equal($"The token docker-scout-readonly-token has another scope map, {before}; it gets _repositories_pull_metadata_read (repositories/*/content/read, repositories/*/metadata/read) instead.", finding.Detail);
        Assert.Contains("may then do that and no more", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal($"az acr token create --subscription {ArmWorld.First} --registry contoso --name NEW_NAME --scope-map '{map}'", finding.Command);
    }

    [Theory]
    [InlineData("_Repositories_Pull_Metadata_Read", false, "is there already")]
    [InlineData("of-the-build", true, "No token is made")]
    public async Task ATokenThatStaysIsNoClash(string map, bool usesIdentity, string told)
    {
        AddToken(map);
        await using (var db = _room.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.UsesIdentity, usesIdentity));
        }

        var finding = await AskAsync(CheckKind.RegistryToken);

        Assert.Equal((CheckState.Passed, "", null), (finding.State, finding.Remedy, finding.Command));
        Assert.Contains(told, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAzureTellsCanNotLeaveTheQuotesOfACommand()
    {
        AddToken("x'; rm -rf ~ #");

        Assert.EndsWith("--scope-map 'x; rm -rf ~ #'", (await AskAsync(CheckKind.RegistryToken)).Command, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _registry = _arm.World.AddRegistry("contoso");
        _id = await AddAsync(_room);
    }

    public async Task DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private static async Task<long> AddAsync(IntegrationRoom room) =>
        (await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;

    private async Task<string> KeyAsync(Actor actor, long id) => (await _room.Planner.ShowAsync(actor, id, default))!.WebhookUrl!.Split('/')[^1];

    private void AddToken(string scopeMap)
    {
        ArmRoutes.MakeToken(_arm.World, Token, "Succeeded")["properties"]!["scopeMapId"] = $"{_registry}/scopeMaps/{scopeMap}";
    }

    private async Task<DeploymentProgress> DeployAsync() => (await _room.Deployments(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, _id, default).ToListAsync())[^1];

    private async Task<IReadOnlyList<CheckFinding>> AskAsync() => await _room.Check(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, _id, default).ToListAsync();

    private async Task<CheckFinding> AskAsync(CheckKind kind) => (await AskAsync()).Single(finding => finding.Kind == kind);
}
