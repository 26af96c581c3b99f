using System.Text.Json.Nodes;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>What a registry's page shows of rotations, and to whom.</summary>
public sealed class RotationPanelTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly AcrDouble _acr = new();
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private JsonObject _token = null!;
    private long _id;

    [Fact]
    public async Task RotatingShowsEachStepAndThenTheNewLastDayWithoutThePassword()
    {
        await StoreAsync("password1");
        var page = await RenderAsync();
        Assert.Equal("30", page.Find("#rotate-before").GetAttribute("value"));
        Assert.Empty(page.FindAll("#rotate-in-use"));

        page.Find("#rotate-expiry").Change("2026-11-24");
        await RotateAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Choose a day after today.", page.Markup, StringComparison.Ordinal), Limit);
        page.Find("#rotate-expiry").Change("2027-02-28");
        await RotateAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Last rotated:", page.Markup, StringComparison.Ordinal), Limit);

        Assert.Contains("Azure made password2", page.Markup, StringComparison.Ordinal);
        Assert.Equal("2027-02-28", page.Find("input[aria-label='Token expires on']").GetAttribute("value"));
        Assert.DoesNotContain((await _room.Accesses.FindAsync(_id, default))!.Credentials.Password, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedRotationIsToldWithItsRemedyAndThePageStaysAsItIs()
    {
        await StoreAsync("password1");
        _token["properties"]!["status"] = "disabled";
        var page = await RenderAsync();

        await RotateAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("The token was not rotated:", page.Find(".mud-alert").TextContent, StringComparison.Ordinal), Limit);

        Assert.Contains("open Tokens and enable it", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.False(page.FindAll("button").Single(button => button.TextContent.Trim() == "Rotate now").HasAttribute("disabled"));
    }

    [Fact]
    public async Task OfAPastedTokenThePersonSaysWhichOfTheTwoItIs()
    {
        await StoreAsync(null);
        _arm.World.SetPassword(_token, "password2", TestSecrets.Of("somebody"));
        var page = await RenderAsync();

        page.Find("#rotate-in-use").Change("password2");
        await RotateAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Azure made password1", page.Markup, StringComparison.Ordinal), Limit);
        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll("#rotate-in-use")), Limit);
    }

    [Fact]
    public async Task WhenItRotatesByItselfIsChosen()
    {
        await StoreAsync(null);
        var page = await RenderAsync();
        Assert.Equal("0", page.Find("#rotate-before").GetAttribute("value"));

        page.Find("#rotate-before").Change("60");
        await page.WaitForAssertionAsync(() => Assert.Contains("60 days before its last day", page.Find("dl.facts").TextContent, StringComparison.Ordinal), Limit);

        Assert.Equal(60, (await _room.RowAsync(_id)).RotateBefore);
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public async Task WhoIsNoAdministratorSeesWhenItRotatesButCanNotChangeIt(MemberRole role)
    {
        await StoreAsync("password1");
        this.SignInAs(role);

        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.Contains("30 days before its last day", page.Find("dl.facts").TextContent, StringComparison.Ordinal), Limit);

        Assert.Empty(page.FindAll("#rotate-before"));
        Assert.DoesNotContain("Rotate now", page.Markup, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr);
        _arm = await ArmDouble.StartAsync();
        _token = ArmRoutes.MakeToken(_arm.World, $"{_arm.World.AddRegistry("contoso")}/tokens/{AzureNames.Token}", "Succeeded");
        _id = (await _room.Integrations.AddAsync(TestActor.Administrator, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Connections).AddSingleton(_room.Tokens).AddSingleton(_room.Removals).AddSingleton(_room.Issue()).AddSingleton(_room.Issued()).AddSingleton(_room.Identity)
            .AddSingleton(_room.Rotation(_arm.Clients(new HastyClock()))).AddSingleton(_room.RotationSettings).AddSingleton(_room.Watch()).AddSingleton(_room.Mend());
        _room.AddConsent(Services, _arm.Clients(new HastyClock()));
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
        _acr.Dispose();
    }

    private async Task StoreAsync(string? name)
    {
        _arm.World.SetPassword(_token, name ?? "password1", TestSecrets.Of("registry token"));
        Assert.True(await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("registry token"), new DateOnly(2027, 1, 31), name, default));
    }

    private async Task<IRenderedComponent<RegistryPage>> RenderAsync()
    {
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.NotEmpty(page.FindAll("#rotate-before")), Limit);
        return page;
    }

    private static Task RotateAsync(IRenderedComponent<RegistryPage> page) =>
        page.InvokeAsync(() => page.FindAll("form").First(form => form.QuerySelector("#rotate-expiry") is not null).SubmitAsync(new()));
}
