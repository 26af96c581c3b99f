using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ScoutDashboard.Azure;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Access;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

public sealed class ArmClientTests : IAsyncLifetime
{
    private const string Webhook = "https://scout.example.com/webhooks/eventgrid/key-of-the-webhook";

    // What Azure itself asks for while it deploys the template or tells elsewhere how an operation goes; the double does neither.
    private static readonly string[] OnlyByAzure =
    [
        "Microsoft.ContainerRegistry/registries/operationStatuses/read", "Microsoft.EventGrid/eventSubscriptions/write",
        "Microsoft.EventGrid/systemTopics/write", "Microsoft.Resources/subscriptions/resourceGroups/read",
    ];

    private readonly HastyClock _clock = new();
    private ArmDouble _arm = null!;
    private ArmClient _client = null!;

    [Fact]
    public async Task AllThatTheClientCallsIsCoveredByTheRoleAndTheRoleHoldsNothingElse()
    {
        var registry = Registry();
        await UseAllAsync(registry);

        var role = new AzurePermission(AzureRole.Actions, []);
        Assert.DoesNotContain(_arm.Calls, call => !role.Allows(call.Action));
        Assert.Equal(OnlyByAzure.Order(StringComparer.Ordinal), AzureRole.Actions.Where(action => !_arm.Calls.Any(call => call.Action.Equals(action, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(AzureRole.Actions, action => action.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public void TheRoleIsComparedWithAllThatTheClientCanCall()
    {
        var parts = typeof(ArmClient).GetProperties().Select(property => property.PropertyType).Where(type => type.Name.StartsWith("Arm", StringComparison.Ordinal)).ToList();
        var machine = GetType().GetMethod(nameof(UseAllAsync), BindingFlags.NonPublic | BindingFlags.Instance)!.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;
        var used = CalledMethods.Of(machine).ToHashSet();

        Assert.Equal(5, parts.Count);
        Assert.Empty(parts.SelectMany(part => part.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).Where(method => !used.Contains(method)).Select(method => $"{method.DeclaringType!.Name}.{method}"));
    }

    [Fact]
    public void TheReadmeHasTheRoleAsJson()
    {
        var text = File.ReadAllText(Path.Combine(BuildFacts.Repository, "README.md"));
        var start = text.IndexOf("```json", text.IndexOf("## Azure does it for you", StringComparison.Ordinal), StringComparison.Ordinal) + "```json".Length;
        var role = JsonNode.Parse(text[start..text.IndexOf("```", start, StringComparison.Ordinal)])!;

        Assert.Equal(AzureRole.Actions, role["Actions"]!.AsArray().Select(action => (string)action!));
        Assert.Equal((AzureRole.Name, true), ((string)role["Name"]!, (bool)role["IsCustom"]!));
    }

    [Fact]
    public async Task RegistriesOfAllPagesAreListedWithWhatTheWizardShows()
    {
        for (var number = 1; number <= 5; number++)
        {
            _arm.World.AddRegistry($"contoso{number}", $"rg{number}", sku: "Premium");
        }

        _arm.World.AddRegistry("Fabrikam", loginServer: "fabrikam-e7ggejfuhzhgedc8.azurecr.io", location: "swedencentral");
        _arm.World.Resources[_arm.World.AddRegistry("closed")]["properties"]!["publicNetworkAccess"] = "Disabled";

        var registries = await _client.Registries.ListAsync(ArmWorld.First, default);

        Assert.Equal(["contoso1", "contoso2", "contoso3", "contoso4", "contoso5", "closed", "Fabrikam"], registries.Select(registry => registry.Id.Name).OrderBy(name => name[0] is 'F' or 'c' && name[1] == 'o' ? 0 : 1));
        Assert.Contains(registries, registry => registry is { LoginServer.Value: "contoso3.azurecr.io", Location: "westeurope", Sku: "Premium", Id.ResourceGroup: "rg3", IsPublic: true });
        Assert.Contains(registries, registry => registry is { LoginServer.Value: "fabrikam-e7ggejfuhzhgedc8.azurecr.io", Location: "swedencentral" });
        Assert.False(registries.Single(registry => registry.Id.Name == "closed").IsPublic);
        Assert.Equal(4, _arm.Calls.Count);
    }

    [Fact]
    public async Task APasswordIsMadeOfATokenOnlyOnceTheTokenIsThere()
    {
        var registry = Registry();
        var expiry = new DateTimeOffset(2027, 11, 24, 0, 0, 0, TimeSpan.Zero);

        var token = await _client.Tokens.PutAsync(registry, AzureNames.Token, AzureNames.ScopeMap, default);
        var password = await _client.Tokens.GeneratePasswordAsync(registry, AzureNames.Token, "password1", expiry, default);

        Assert.Equal(("Succeeded", true), (token.ProvisioningState, token.IsEnabled));
        Assert.Equal((AzureNames.Token, expiry), (password.UserName, password.Expiry));
        Assert.True(TestSecrets.Knows(password.Value));
        Assert.DoesNotContain(password.Value, $"{password}", StringComparison.Ordinal);
        Assert.Equal(new PasswordEnd("password1", expiry) { Created = _arm.World.Now }, Assert.Single((await _client.Tokens.FindAsync(registry, AzureNames.Token, default))!.Passwords));
        // As long as the first answer says, then as each one says.
        Assert.Equal([3, 4, 4, 3, 4, 4], _clock.Waits.Select(wait => (int)wait.TotalSeconds));
    }

    [Fact]
    public async Task OnePasswordEndsAndTheOtherStays()
    {
        var registry = Registry();
        await _client.Tokens.PutAsync(registry, AzureNames.Token, AzureNames.ScopeMap, default);
        var first = await _client.Tokens.GeneratePasswordAsync(registry, AzureNames.Token, "password1", null, default);
        var second = await _client.Tokens.GeneratePasswordAsync(registry, AzureNames.Token, "password2", null, default);
        var id = $"/{registry.Path}/tokens/{AzureNames.Token}";
        Assert.True(_arm.World.Accepts(id, first.Value));

        await _client.Tokens.EndPasswordAsync(registry, AzureNames.Token, password => password.Name == "password1", default);

        Assert.Equal((false, true), (_arm.World.Accepts(id, first.Value), _arm.World.Accepts(id, second.Value)));
        var calls = _arm.Calls.Count;
        await _client.Tokens.EndPasswordAsync(registry, AzureNames.Token, password => password.Name == "password1", default);
        await _client.Tokens.EndPasswordAsync(registry, "another-token", password => password.Name == "password1", default);
        Assert.All(_arm.Calls.Skip(calls), call => Assert.StartsWith("GET", call.Call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ADeploymentIsFoundAgainByItsNameAndTellsWhatBecameOfEachResource()
    {
        var registry = Registry();
        await _client.Deployments.StartAsync(registry, "docker-scout", Body(registry, "westeurope"), default);
        Assert.Equal("Running", (await _arm.Client(_clock).Deployments.FindAsync(registry, "docker-scout", default))!.State);
        Assert.Equal(ArmError.Conflict, (await Assert.ThrowsAsync<ArmException>(() => _client.Deployments.StartAsync(registry, "docker-scout", Body(registry, "westeurope"), default))).Error);

        Assert.Equal("Succeeded", (await _arm.Client(_clock).Deployments.FinishAsync(registry, "docker-scout", default)).State);

        Assert.Equal(["Microsoft.EventGrid/systemTopics", "Microsoft.EventGrid/systemTopics/eventSubscriptions", "Microsoft.ContainerRegistry/registries/tokens"],
            (await _client.Deployments.ListOperationsAsync(registry, "docker-scout", default)).Select(operation => operation.State == "Succeeded" ? operation.ResourceType : operation.State));
        Assert.Null(await _client.Deployments.FindAsync(registry, "another", default));
    }

    [Theory]
    [InlineData("northeurope", "location must match", false)]
    [InlineData("westeurope", "Only one system topic", true)]
    public async Task ADeploymentThatFailsTellsTheInnermostReason(string location, string reason, bool hasTopic)
    {
        var registry = Registry();
        if (hasTopic)
        {
            _arm.World.AddTopic("of-defender", "/" + registry.Path, group: "rg2");
        }

        var fault = await _client.Deployments.ValidateAsync(registry, "docker-scout", Body(registry, location), default);
        await _client.Deployments.StartAsync(registry, "docker-scout", Body(registry, location), default);
        var failed = await Assert.ThrowsAsync<ArmException>(() => _client.Deployments.FinishAsync(registry, "docker-scout", default));

        Assert.Contains(reason, fault!.Message, StringComparison.Ordinal);
        Assert.Equal((ArmError.OperationFailed, "InvalidRequest"), (failed.Error, failed.Code));
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
        Assert.Contains(reason, (await _client.Deployments.ListOperationsAsync(registry, "docker-scout", default))[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(hasTopic ? "of-defender" : null, (await _client.Events.FindTopicAsync(registry, default))?.Name);
    }

    [Fact]
    public async Task WhatIsGoneAlreadyIsDeletedWithoutAFault()
    {
        var registry = Registry();
        await _client.Tokens.DeleteAsync(registry, AzureNames.Token, default);
        await _client.Events.DeleteTopicAndSubscriptionsAsync(new SystemTopicId(ArmWorld.First, "rg1", "none"), default);

        Assert.Empty(_clock.Waits);
    }

    public async Task InitializeAsync()
    {
        _arm = await ArmDouble.StartAsync();
        _client = _arm.Client(_clock);
    }

    public Task DisposeAsync() => _arm.DisposeAsync().AsTask();

    private async Task UseAllAsync(AzureRegistryId registry)
    {
        var topicId = new SystemTopicId(ArmWorld.First, "rg1", AzureNames.SystemTopic);
        Assert.Equal(ArmWorld.First, Assert.Single(await _client.Subscriptions.ListAsync(default)).Id);
        Assert.Equal("Registered", await _client.Subscriptions.GetProviderStateAsync(ArmWorld.First, "Microsoft.EventGrid", default));
        Assert.True((await _client.Subscriptions.GetRightsAsync(registry, wholeGroup: true, default)).Allows("Microsoft.EventGrid/systemTopics/write"));
        Assert.Single(await _client.Registries.ListAsync(ArmWorld.First, default));
        Assert.Equal(registry, (await _client.Registries.GetAsync(registry, default)).Id);
        _arm.World.Resources["/" + registry.Path]["properties"]!["roleAssignmentMode"] = "AbacRepositoryPermissions";
        Assert.True(await _client.Registries.HasRepositoryPermissionsAsync(registry, default));
        Assert.Contains("repositories/*/metadata/read", (await _client.Tokens.FindScopeMapAsync(registry, AzureNames.ScopeMap, default))!.Actions);
        Assert.Null(await _client.Deployments.ValidateAsync(registry, "docker-scout", Body(registry, "westeurope"), default));
        Assert.Equal(["Create", "Create", "Create", "Ignore"], (await _client.Deployments.PreviewAsync(registry, "docker-scout", Body(registry, "westeurope"), default)).Select(change => change.ChangeType));
        await _client.Deployments.StartAsync(registry, "docker-scout", Body(registry, "westeurope"), default);
        await _client.Deployments.FinishAsync(registry, "docker-scout", default);
        Assert.Equal("Succeeded", (await _client.Deployments.FindAsync(registry, "docker-scout", default))!.State);
        Assert.Equal(3, (await _client.Deployments.ListOperationsAsync(registry, "docker-scout", default)).Count);
        await _client.Tokens.PutAsync(registry, AzureNames.Token, AzureNames.ScopeMap, default);
        await _client.Tokens.GeneratePasswordAsync(registry, AzureNames.Token, "password1", null, default);
        _arm.World.Resources[$"/{registry.Path}/tokens/{AzureNames.Token}"]["properties"]!["status"] = "disabled";
        await _client.Tokens.EnableAsync(registry, AzureNames.Token, default);
        Assert.True((await _client.Tokens.FindAsync(registry, AzureNames.Token, default))!.IsEnabled);
        _arm.World.Resources[$"/{registry.Path}/tokens/{AzureNames.Token}"]["properties"]!["scopeMapId"] = $"/{registry.Path}/scopeMaps/of-the-build";
        await _client.Tokens.MendAsync(registry, AzureNames.Token, AzureNames.ScopeMap, default);
        Assert.Equal($"/{registry.Path}/scopeMaps/{AzureNames.ScopeMap}", (await _client.Tokens.FindAsync(registry, AzureNames.Token, default))!.ScopeMapId);
        await _client.Tokens.EndPasswordAsync(registry, AzureNames.Token, password => password.Name == "password1", default);
        Assert.Equal(topicId, (await _client.Events.FindTopicAsync(registry, default))!.Id);
        Assert.Equal(topicId, Assert.Single(await _client.Events.ListTopicsAsync(ArmWorld.First, default)).Id);
        Assert.Equal("westeurope", (await _client.Events.FindTopicAsync(topicId, default))!.Location);
        Assert.Equal(AzureNames.EventSubscription, Assert.Single(await _client.Events.ListSubscriptionsAsync(topicId, default)).Name);
        Assert.Equal(2, (await _client.Events.FindSubscriptionAsync(topicId, AzureNames.EventSubscription, default))!.EventTypes.Count);
        Assert.Equal(Webhook, await _client.Events.GetWebhookAsync(topicId, AzureNames.EventSubscription, default));
        await _client.Events.PutSubscriptionAsync(topicId, "of-a-person", Webhook, ["Microsoft.ContainerRegistry.ImagePushed"], default);
        Assert.Equal(("WebHook", "Succeeded", Webhook), ((await _client.Events.FindSubscriptionAsync(topicId, "of-a-person", default))!.EndpointType, (await _client.Events.FindSubscriptionAsync(topicId, "of-a-person", default))!.ProvisioningState, await _client.Events.GetWebhookAsync(topicId, "of-a-person", default)));
        await _client.Events.DeleteSubscriptionAsync(topicId, AzureNames.EventSubscription, default);
        await _client.Events.DeleteTopicAndSubscriptionsAsync(topicId, default);
        await _client.Tokens.DeleteAsync(registry, AzureNames.Token, default);
        Assert.Null(await _client.Events.FindTopicAsync(registry, default));
        Assert.Null(await _client.Tokens.FindAsync(registry, AzureNames.Token, default));
    }

    private AzureRegistryId Registry() => AzureRegistryId.TryParse(_arm.World.AddRegistry("contoso"), out var id) ? id : throw new InvalidOperationException();

    private static DeploymentBody Body(AzureRegistryId registry, string location) => new(
        DeploymentTemplate.Fill(registry.Name, Webhook, AzureNames.SystemTopic, usesExistingTopic: false, createsToken: true, null), new Dictionary<string, object> { ["location"] = location });
}
