using System.Text.Json;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;

namespace ScoutDashboard.Tests.Integrations.Deployments;

public sealed class DeploymentTemplateTests
{
    private const string Webhook = "https://scout.example.com/webhooks/eventgrid/k";
    private const string Root = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg1/providers/";

    [Fact]
    public async Task ThePlainTemplateIsCleanAndCreatesWhatTheOriginalDid()
    {
        using var bicep = new BicepTool();
        await bicep.DecompileAsync(Embedded());
        Assert.Empty(await bicep.ComplaintsAsync());

        var resources = await bicep.PredictAsync($"param RegistryName = 'contoso'\nparam DockerScoutWebhook = '{Webhook}'");
        Assert.Equal(
            [
                $"{Root}Microsoft.EventGrid/systemTopics/docker-scout-repository",
                $"{Root}Microsoft.EventGrid/systemTopics/docker-scout-repository/eventSubscriptions/image-change",
                $"{Root}Microsoft.ContainerRegistry/registries/contoso/tokens/docker-scout-readonly-token",
            ], Ids(resources));
        Assert.Equal("westeurope", resources[0].GetProperty("location").GetString());
        AssertProperties($$"""{"source":"{{Root}}Microsoft.ContainerRegistry/registries/contoso","topicType":"Microsoft.ContainerRegistry.Registries"}""", resources[0]);
        AssertProperties("""
            {"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"[parameters('DockerScoutWebhook')]","maxEventsPerBatch":50,"preferredBatchSizeInKilobytes":64}},
             "filter":{"includedEventTypes":["Microsoft.ContainerRegistry.ImagePushed","Microsoft.ContainerRegistry.ImageDeleted"],"enableAdvancedFilteringOnArrays":true},
             "labels":[],"eventDeliverySchema":"EventGridSchema","retryPolicy":{"maxDeliveryAttempts":30,"eventTimeToLiveInMinutes":1440}}
            """, resources[1]);
        AssertProperties($$"""{"credentials":{},"scopeMapId":"{{Root}}Microsoft.ContainerRegistry/registries/contoso/scopeMaps/_repositories_pull_metadata_read"}""", resources[2]);
    }

    [Fact]
    public async Task ASecondRegistryOfTheResourceGroupInAnotherRegionGetsATopicOfItsOwnThere()
    {
        using var bicep = new BicepTool();
        await bicep.DecompileAsync(DeploymentTemplate.Fill("fabrikam", Webhook, SystemTopicName.For("fabrikam"), usesExistingTopic: false, createsToken: true, null));
        // The default is the point: the portal's link can carry no values. The template's address is the secret.
        Assert.Equal(["secure-parameter-default"], await bicep.ComplaintsAsync());
        var resources = await bicep.PredictAsync("param location = 'northeurope'");
        Assert.Equal(
            [
                $"{Root}Microsoft.EventGrid/systemTopics/docker-scout-repository-fabrikam",
                $"{Root}Microsoft.EventGrid/systemTopics/docker-scout-repository-fabrikam/eventSubscriptions/image-change",
                $"{Root}Microsoft.ContainerRegistry/registries/fabrikam/tokens/docker-scout-readonly-token",
            ], Ids(resources));
        Assert.Equal("northeurope", resources[0].GetProperty("location").GetString());
    }

    [Fact]
    public async Task AnExistingTopicGetsASubscriptionAndIsNotTouched()
    {
        using var bicep = new BicepTool();
        await bicep.DecompileAsync(Evaluable(DeploymentTemplate.Fill("contoso", Webhook, "defender-topic", usesExistingTopic: true, createsToken: true, null)));
        Assert.Equal(
            [
                $"{Root}Microsoft.EventGrid/systemTopics/defender-topic/eventSubscriptions/image-change",
                $"{Root}Microsoft.ContainerRegistry/registries/contoso/tokens/docker-scout-readonly-token",
            ], Ids(await bicep.PredictAsync("")));
    }

    [Fact]
    public async Task WithoutAWebhookTheTokenAloneIsCreated()
    {
        using var bicep = new BicepTool();
        await bicep.DecompileAsync(Evaluable(DeploymentTemplate.Fill("contoso", webhookUrl: null, AzureNames.SystemTopic, usesExistingTopic: false, createsToken: true, null)));
        Assert.Equal([$"{Root}Microsoft.ContainerRegistry/registries/contoso/tokens/docker-scout-readonly-token"], Ids(await bicep.PredictAsync("")));
    }

    [Fact]
    public async Task WhereNobodySignsInByATokenNoneIsCreated()
    {
        using var bicep = new BicepTool();
        await bicep.DecompileAsync(Evaluable(DeploymentTemplate.Fill("contoso", Webhook, "defender-topic", usesExistingTopic: true, createsToken: false, null)));
        Assert.Equal([$"{Root}Microsoft.EventGrid/systemTopics/defender-topic/eventSubscriptions/image-change"], Ids(await bicep.PredictAsync("")));
    }

    private static string Embedded()
    {
        using var stream = typeof(DeploymentTemplate).Assembly.GetManifestResourceStream("templates/acr-integration.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // A snapshot leaves conditions over secure parameters open; over plain ones it decides them.
    private static string Evaluable(string template) => template.Replace("securestring", "string", StringComparison.Ordinal);

    private static IEnumerable<string?> Ids(IEnumerable<JsonElement> resources) => resources.Select(resource => resource.GetProperty("id").GetString());

    private static void AssertProperties(string expected, JsonElement resource)
    {
        using var document = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(document.RootElement, resource.GetProperty("properties")), resource.ToString());
    }
}
