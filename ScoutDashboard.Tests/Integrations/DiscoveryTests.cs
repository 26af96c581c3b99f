using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>The wizard's first step where the dashboard has an identity in Azure.</summary>
public sealed class DiscoveryTests : BunitContext, IAsyncLifetime
{
    private static readonly Guid Second = Guid.Parse("22222222-2222-2222-2222-222222222222");

    private readonly HastyClock _clock = new();
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;

    [Fact]
    public async Task RegistriesOfAllSubscriptionsAreListedAndThoseThatAreConnectedAreTold()
    {
        _arm.World.AddRegistry("contoso");
        _arm.World.AddRegistry("fabrikam", "rg2", "swedencentral", Second, sku: "Premium");
        var id = await _room.AddAsync("fabrikam.azurecr.io");

        var page = await ShowAsync();

        Assert.Equal(["contoso contoso.azurecr.io westeurope · Standard rg1 Production Choose", "fabrikam fabrikam.azurecr.io swedencentral · Premium rg2 Staging Connected"], Rows(page));
        Assert.Equal($"/integrations/acr/{id}", page.Find("tbody a").GetAttribute("href"));
        Assert.Contains("2 registries", page.Find(".discovered [role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChoosingOneFillsTheHostnameAndWhatTheDeploymentNeeds()
    {
        _arm.World.AddRegistry("contoso", "rg-images", "West Europe");
        _arm.World.AddRegistry("fabrikam");
        var page = await ShowAsync();

        await page.InvokeAsync(() => Button(page, "Choose contoso.azurecr.io").ClickAsync(new()));
        Assert.Equal("contoso.azurecr.io", page.Find("input").GetAttribute("value"));
        Assert.Equal(("Chosen", "Choose"), (Button(page, "Chosen: contoso.azurecr.io").TextContent.Trim(), Button(page, "Choose fabrikam.azurecr.io").TextContent.Trim()));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());

        Assert.EndsWith("/integrations/acr/1/setup", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        var plan = (await _room.Planner.ShowAsync(TestActor.Administrator, 1, default))!;
        Assert.StartsWith($"az deployment group create --subscription {ArmWorld.First} --resource-group 'rg-images' --name docker-scout", plan.Command, StringComparison.Ordinal);
        var template = JsonNode.Parse((await _room.Planner.FindTemplateAsync(plan.TemplatePath.Split('/')[2], "192.0.2.9", default))!)!;
        Assert.Equal("westeurope", (string?)template["parameters"]!["location"]!["defaultValue"]);
        var setUp = Render<SetupPage>(p => p.Add(step => step.Id, 1));
        Assert.Contains("Choose the resource group rg-images", setUp.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("RESOURCE_GROUP", setUp.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoTypesAHostnameOfTheListGetsItsPlaceToo()
    {
        _arm.World.AddRegistry("contoso", "rg-images", "swedencentral");
        var page = await ShowAsync();

        page.Find("input").Input("contoso.azurecr.io");
        await page.WaitForAssertionAsync(() => Assert.Equal("Chosen", Button(page, "Chosen: contoso.azurecr.io").TextContent.Trim()), TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());

        Assert.Equal(("contoso.azurecr.io", "rg-images", "swedencentral"), ((await _room.RowAsync(1)).Hostname, (await _room.RowAsync(1)).ResourceGroup, (await _room.RowAsync(1)).Location));
    }

    [Fact]
    public async Task WhoTypesAnotherHostnameAfterChoosingDoesNotGetThePlaceOfTheFirst()
    {
        _arm.World.AddRegistry("contoso");
        var page = await ShowAsync();
        await page.InvokeAsync(() => Button(page, "Choose contoso.azurecr.io").ClickAsync(new()));

        page.Find("input").Input("fabrikam.azurecr.io");
        await page.WaitForAssertionAsync(() => Assert.Contains("Registry fabrikam in", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());

        Assert.Equal(("fabrikam.azurecr.io", null, null), ((await _room.RowAsync(1)).Hostname, (await _room.RowAsync(1)).ResourceGroup, (await _room.RowAsync(1)).Location));
    }

    [Fact]
    public async Task TypingNarrowsTheListAndALongOneSaysSo()
    {
        for (var number = 10; number < 70; number++)
        {
            _arm.World.AddRegistry($"contoso{number}", number == 42 ? "deep-thought" : "rg1");
        }

        var page = await ShowAsync();
        Assert.Equal(50, Rows(page).Count);
        Assert.Contains("50 of 60 registries", page.Markup, StringComparison.Ordinal);

        foreach (var (typed, only) in new[] { ("THOUGHT", "contoso42 "), ("https://Contoso11.azurecr.io/", "contoso11 ") })
        {
            page.Find("input").Input(typed);
            await page.WaitForAssertionAsync(() => Assert.StartsWith(only, Assert.Single(Rows(page)), StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        }

        page.Find("input").Input("fabrikam");
        await page.WaitForAssertionAsync(() => Assert.Contains("None of 60 registries matches what is typed", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Empty(Rows(page));
    }

    [Fact]
    public async Task WhoSeesNothingIsToldWhatToDoAndCanLookAgain()
    {
        var page = await ShowAsync();
        Assert.Contains("The dashboard's identity sees no registry", page.Markup, StringComparison.Ordinal);

        _arm.World.AddRegistry("contoso");
        await ClickAsync(page, "Look again");

        await page.WaitForAssertionAsync(() => Assert.Single(Rows(page)), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AzureThatRefusesIsToldWithTheRemedyAndTheHostnameCanStillBeTyped()
    {
        Refuse(path => path == "/subscriptions");
        var page = await ShowAsync();
        Assert.Contains("Azure could not be asked for registries", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("Give the dashboard's identity the role", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        page.Find("input").Input("contoso.azurecr.io");
        await page.WaitForAssertionAsync(() => Assert.Contains("Registry contoso in", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        Assert.EndsWith("/integrations/acr/1/setup", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);

        Refuse(_ => false);
        _arm.World.AddRegistry("contoso");
        await ClickAsync(page, "Try again");

        await page.WaitForAssertionAsync(() => Assert.Single(Rows(page)), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ASubscriptionThatRefusesIsMissingAloudAndTheOthersAreThere()
    {
        _arm.World.AddRegistry("contoso");
        Refuse(path => path.Contains($"{Second}", StringComparison.Ordinal));

        var page = await ShowAsync();

        Assert.StartsWith("contoso ", Assert.Single(Rows(page)), StringComparison.Ordinal);
        Assert.Contains("Registries of Staging are missing here.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileAzureIsAskedTheHostnameCanBeTyped()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _arm.Trouble = async _ =>
        {
            await asked.Task;
            return false;
        };

        var page = Render<NewIntegrationPage>();
        Assert.Equal("Asking Azure for registries", page.Find("[aria-busy=true]").GetAttribute("aria-label"));
        page.Find("input").Input("contoso.azurecr.io");
        await page.WaitForAssertionAsync(() => Assert.Contains("Registry contoso in AzureCloud", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        asked.SetResult();

        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll("[aria-busy=true]")), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task WithoutAnIdentityNothingIsAskedOrShown()
    {
        Services.AddSingleton(_room.Discovery());

        var page = Render<NewIntegrationPage>();

        Assert.Empty(page.FindAll(".discovered"));
        Assert.Empty((await _room.Discovery().ListAsync(TestActor.Administrator, default)).Registries);
        Assert.Empty(_arm.Calls);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _arm.World.Subscriptions[Second] = "Staging";
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Discovery(_arm.Clients(_clock))).AddSingleton(_room.Check());
        _room.AddConsent(Services, _arm.Clients(_clock));
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private async Task<IRenderedComponent<NewIntegrationPage>> ShowAsync()
    {
        var page = Render<NewIntegrationPage>();
        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll("[aria-busy=true]")), TimeSpan.FromSeconds(30));
        return page;
    }

    private void Refuse(Func<string, bool> isRefused) => _arm.Trouble = async context =>
    {
        if (!isRefused(context.Request.Path.Value!))
        {
            return false;
        }

        context.Response.StatusCode = 403;
        await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}""");
        return true;
    };

    private static IReadOnlyList<string> Rows(IRenderedComponent<NewIntegrationPage> page) =>
        [.. page.FindAll(".discovered tbody tr").Select(row => string.Join(' ', row.QuerySelectorAll("td").SelectMany(cell => cell.Descendants<IText>()).Select(text => text.Text.Trim()).Where(text => text.Length > 0)))];

    private static IElement Button(IRenderedComponent<NewIntegrationPage> page, string label) => page.Find($"button[aria-label='{label}']");

    private static Task ClickAsync(IRenderedComponent<NewIntegrationPage> page, string text) =>
        page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Trim() == text).ClickAsync(new()));
}
