using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

public sealed class DeploymentPlannerTests
{
    [Theory]
    [InlineData("contoso.azurecr.io", "https://portal.azure.com/#create/Microsoft.Template/uri/")]
    [InlineData("contoso.azurecr.us", "https://portal.azure.us/#create/Microsoft.Template/uri/")]
    [InlineData("contoso.azurecr.cn", "https://portal.azure.cn/#create/Microsoft.Template/uri/")]
    public async Task TheLinkOpensThePortalOfTheRegistrysCloudWithTheEncodedTemplate(string hostname, string start)
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var plan = await room.Planner.ShowAsync(TestActor.Administrator, await room.AddAsync(hostname), CancellationToken.None);
        Assert.StartsWith(start + "https%3A%2F%2Fscout.example.com%2Ftemplates%2F", plan!.PortalLink, StringComparison.Ordinal);
        Assert.Equal("https://scout.example.com" + plan.TemplatePath, Uri.UnescapeDataString(plan.PortalLink![start.Length..]));
    }

    [Fact]
    public async Task TheServedTemplateCarriesTheRegistryAndItsWebhookAsDefaults()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var plan = await room.Planner.ShowAsync(TestActor.Administrator, await room.AddAsync("contoso-e7ggejfuhzhgedc8.azurecr.io"), CancellationToken.None);
        var parameters = JsonNode.Parse((await room.Planner.FindTemplateAsync(plan!.TemplatePath.Split('/')[2], "192.0.2.9", CancellationToken.None))!)!["parameters"]!;
        Assert.Equal("contoso", (string?)parameters["RegistryName"]!["defaultValue"]);
        Assert.Equal(plan.WebhookUrl, (string?)parameters["DockerScoutWebhook"]!["defaultValue"]);
        Assert.Matches("^https://scout\\.example\\.com/webhooks/eventgrid/[A-Za-z0-9_-]{43}$", plan.WebhookUrl);
        Assert.Equal($"az deployment group create --resource-group RESOURCE_GROUP --name docker-scout --template-file acr-integration.json --parameters RegistryName=contoso DockerScoutWebhook='{plan.WebhookUrl}'", plan.Command);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://localhost:5080")]
    public async Task WithoutAPublicAddressThereIsNoLinkAndTheTemplateCreatesTheTokenAlone(string? publicUrl)
    {
        await using var room = await IntegrationRoom.CreateAsync(publicUrl: publicUrl);
        var plan = await room.Planner.ShowAsync(TestActor.Administrator, await room.AddAsync("contoso.azurecr.io"), CancellationToken.None);
        Assert.Equal((null, null), (plan!.PortalLink, plan.WebhookUrl));
        Assert.EndsWith("--parameters RegistryName=contoso", plan.Command, StringComparison.Ordinal);
        var template = JsonNode.Parse((await room.Planner.FindTemplateAsync(plan.TemplatePath.Split('/')[2], "192.0.2.9", CancellationToken.None))!)!;
        Assert.Equal("", (string?)template["parameters"]!["DockerScoutWebhook"]!["defaultValue"]);
    }

    [Fact]
    public async Task KeysOpenOnlyTheirOwnTemplateAndNoneAfterRemoval()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        var plan = await room.Planner.ShowAsync(TestActor.Administrator, id, CancellationToken.None);
        var key = plan!.TemplatePath.Split('/')[2];
        Assert.Null(await room.Planner.FindTemplateAsync(plan.WebhookUrl!.Split('/')[^1], "192.0.2.9", CancellationToken.None));
        Assert.Null(await room.Planner.FindTemplateAsync(key[..42], "192.0.2.9", CancellationToken.None));
        Assert.Null(await room.Planner.FindTemplateAsync(new string('x', 100_000), "192.0.2.9", CancellationToken.None));
        Assert.NotNull(await room.Planner.FindTemplateAsync(key, "192.0.2.9", CancellationToken.None));
        await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None);
        Assert.Null(await room.Planner.FindTemplateAsync(key, "192.0.2.9", CancellationToken.None));
    }

    [Fact]
    public async Task KeysThatCannotBeOpenedGiveNoPlanInsteadOfAWrongOne()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        await using (var db = room.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.ProtectedWebhookKey, "gone"));
        }

        Assert.Null(await room.Planner.ShowAsync(TestActor.Administrator, id, CancellationToken.None));
    }
}
