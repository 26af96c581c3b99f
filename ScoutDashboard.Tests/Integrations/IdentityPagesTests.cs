using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>The wizard and the registry's page where the dashboard has an identity in Azure.</summary>
public sealed class IdentityPagesTests : BunitContext, IAsyncLifetime
{
    private const string Own = "The dashboard's own identity in Azure, without any password";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly EntraDouble _entra = new(TimeProvider.System);
    private readonly AcrExchange _exchange = new(TimeProvider.System);
    private readonly AcrDouble _acr;
    private IntegrationRoom _room = null!;
    private long _id;

    public IdentityPagesTests() => _acr = new AcrDouble { Identities = _exchange };

    [Fact]
    public async Task TheWizardOffersTheIdentityShowsItsCommandsAndConnectsByIt()
    {
        await StartAsync(_entra.Clients());
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        Assert.NotEmpty(page.FindAll("input[type=password]"));

        Assert.Equal("Registry token", page.Find(".wizard-form h2").TextContent);
        await ChooseAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("Sign in without a token", page.Find(".wizard-form h2").TextContent), Patience);
        await page.WaitForAssertionAsync(() => Assert.Contains($"--assignee-object-id {_entra.ObjectId}", page.Markup, StringComparison.Ordinal), Patience);
        Assert.Empty(page.FindAll("input[type=password]"));
        Assert.Contains("Container Registry Repository Catalog Lister", page.Markup, StringComparison.Ordinal);

        await SubmitAsync(page, "Enable integration");
        await page.WaitForAssertionAsync(() => Assert.EndsWith($"/integrations/acr?connected={_id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal), Patience);
        Assert.True((await _room.RowAsync(_id)).UsesIdentity);
    }

    [Fact]
    public async Task AMissingRoleIsToldBesideItsCommandAndTheWizardStays()
    {
        await StartAsync(_entra.Clients());
        _exchange.Roles.Clear();
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        await ChooseAsync(page);

        await SubmitAsync(page, "Enable integration");

        await page.WaitForAssertionAsync(() => Assert.Contains("Nothing was changed.", page.Markup, StringComparison.Ordinal), Patience);
        Assert.Contains("--role AcrPull", page.Find(".check-list .code-block").TextContent, StringComparison.Ordinal);
        Assert.All(_entra.Issued, token => Assert.DoesNotContain(token, page.Markup, StringComparison.Ordinal));
        Assert.Equal(IntegrationState.WaitingForToken, (await _room.RowAsync(_id)).State);
    }

    [Fact]
    public async Task AnIdentityThatCanNotBeUsedIsToldBeforeTheTest()
    {
        await StartAsync(_entra.Clients());
        _entra.Trouble = new global::Azure.Identity.CredentialUnavailableException("No managed identity endpoint found.");
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));

        await ChooseAsync(page);

        await page.WaitForAssertionAsync(() => Assert.Contains("No managed identity endpoint found.", page.Find(".mud-alert").TextContent, StringComparison.Ordinal), Patience);
        Assert.Contains("OBJECT_ID", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAnIdentityNeitherWizardNorPageTellsOfOne()
    {
        await StartAsync(null);
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        Assert.DoesNotContain("identity", Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id)).Markup, StringComparison.OrdinalIgnoreCase);

        await ConnectAsync();
        Assert.DoesNotContain("identity", Render<RegistryPage>(p => p.Add(registry => registry.Id, _id)).Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task TheRegistrysPageSwitchesToTheIdentityAndBack()
    {
        await StartAsync(_entra.Clients());
        await ConnectAsync();
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));
        Assert.Contains("Replace token", page.Markup, StringComparison.Ordinal);

        await SubmitAsync(page, "Test and switch");
        await page.WaitForAssertionAsync(() => Assert.Contains("Use a token instead", page.Markup, StringComparison.Ordinal), Patience);
        var facts = page.Find(".facts").TextContent;
        Assert.Contains("The dashboard's own identity in Azure", facts, StringComparison.Ordinal);
        Assert.All(["Registry token", "Token expires on", "Token name"], text => Assert.DoesNotContain(text, facts, StringComparison.Ordinal));
        Assert.All(["Replace token", "Rotate token", "Rotate now"], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
        Assert.Contains($"az acr token update --registry contoso --name {AzureNames.Token} --status disabled", page.Markup, StringComparison.Ordinal);

        page.Find("input[type=password]").Input("another one");
        await SubmitAsync(page, "Use this token");
        await page.WaitForAssertionAsync(() => Assert.Contains("Replace token", page.Markup, StringComparison.Ordinal), Patience);
        Assert.Equal("another one", (await _room.Accesses.FindAsync(_id, default))!.Credentials.Password);
    }

    [Fact]
    public async Task AFailedSwitchIsToldAndTheTokenStays()
    {
        await StartAsync(_entra.Clients());
        await ConnectAsync();
        _exchange.Roles.Clear();
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));

        await SubmitAsync(page, "Test and switch");

        await page.WaitForAssertionAsync(() => Assert.Contains("Nothing was changed.", page.Markup, StringComparison.Ordinal), Patience);
        Assert.Contains("Replace token", page.Markup, StringComparison.Ordinal);
        Assert.Equal(TestSecrets.Of("registry token"), (await _room.Accesses.FindAsync(_id, default))!.Credentials.Password);
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public async Task WhoIsNoAdministratorSeesHowItSignsInAndNoButton(MemberRole role)
    {
        await StartAsync(_entra.Clients());
        await _room.Connections.EnableIdentityAsync(TestActor.Administrator, _id, default).ToListAsync();
        this.SignInAs(role);
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));
        Assert.Contains("The dashboard's own identity in Azure", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.All(["Use a token instead", "az acr token", "type=\"password\""], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RemovingTellsWhatStaysOfAnIntegrationWithoutAToken()
    {
        await StartAsync(_entra.Clients());
        await _room.Connections.EnableIdentityAsync(TestActor.Administrator, _id, default).ToListAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        Render<MudBlazor.MudPopoverProvider>();
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _id));

        page.FindAll("button").Single(button => button.TextContent.Trim() == "Remove").Click();

        await dialogs.WaitForAssertionAsync(() => Assert.Contains("The role of the dashboard's identity at the registry stays, too", dialogs.Markup, StringComparison.Ordinal), Patience);
        Assert.DoesNotContain("The stored token is erased", dialogs.Markup, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        await Task.CompletedTask;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _room.DisposeAsync();
        _acr.Dispose();
    }

    private async Task StartAsync(ArmClients? azure)
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr, azure: azure);
        _id = await _room.AddAsync("contoso.azurecr.io");
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Connections).AddSingleton(_room.Removals).AddSingleton(_room.Tokens).AddSingleton(_room.Identity)
            .AddSingleton(_room.Issue(azure)).AddSingleton(_room.Issued(azure)).AddSingleton(_room.Cleanup()).AddSingleton(_room.Rotation(azure)).AddSingleton(_room.RotationSettings).AddSingleton(_room.Watch(azure)).AddSingleton(_room.Mend(azure));
        _room.AddConsent(Services, azure);
        this.SignInAs(MemberRole.Administrator);
    }

    private async Task ConnectAsync() => Assert.True(await _room.Tokens.StoreAsync(TestActor.Administrator, _id, _room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("registry token"), null, default));

    private static async Task ChooseAsync(IRenderedComponent<SetupPage> page)
    {
        await page.InvokeAsync(() => page.FindAll("label.mud-radio").Single(label => label.TextContent.Contains(Own, StringComparison.Ordinal)).QuerySelector("input")!.Click());
        await page.WaitForAssertionAsync(() => Assert.Contains("There is no password", page.Markup, StringComparison.Ordinal), Patience);
    }

    private static Task SubmitAsync<T>(IRenderedComponent<T> page, string button)
        where T : IComponent => page.InvokeAsync(() => page.FindAll("form").Single(form => form.QuerySelectorAll("button").Any(found => found.TextContent.Trim() == button)).SubmitAsync());
}
