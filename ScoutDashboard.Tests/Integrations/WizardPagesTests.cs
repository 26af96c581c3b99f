using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Integrations;

public sealed class WizardPagesTests : BunitContext, IAsyncLifetime
{
    private readonly AcrDouble _acr = new();
    private IntegrationRoom _room = null!;

    [Theory]
    [InlineData("")]
    [InlineData("myreg.example.com")]
    [InlineData("my_reg.azurecr.io")]
    [InlineData("https://portal.azure.com/")]
    public async Task AWrongHostnameSaysWhatIsExpectedAndAddsNothing(string text)
    {
        var page = Render<NewIntegrationPage>();
        page.Find("input").Input(text);
        await page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForAssertion(() => Assert.Contains("myreg.azurecr.io", page.Find(".mud-input-error, .mud-input-helper-text").TextContent, StringComparison.Ordinal));
        Assert.Empty(await _room.Integrations.ListAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task AHostnameLeadsToTheSetUpAndASecondTimeToItsRegistry()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        await SubmitAsync("contoso.azurecr.io");
        Assert.EndsWith("/integrations/acr/1/setup", navigation.Uri, StringComparison.Ordinal);
        await SubmitAsync("CONTOSO.azurecr.io");
        Assert.EndsWith("/integrations/acr/1?already=true", navigation.Uri, StringComparison.Ordinal);

        async Task SubmitAsync(string text)
        {
            var page = Render<NewIntegrationPage>();
            page.Find("input").Input(text);
            await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        }
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public async Task WhoIsNoAdministratorSeesTheRegistryWithoutItsButtonsItsTokenAndItsTemplate(MemberRole role)
    {
        var id = await _room.ConnectAsync("contoso.azurecr.io");
        this.SignInAs(role);
        foreach (var markup in new[] { Render<RegistryPage>(p => p.Add(page => page.Id, id)).Markup, Render<IntegrationsPage>().Markup })
        {
            Assert.Contains("contoso.azurecr.io", markup, StringComparison.Ordinal);
            Assert.All(["Remove<", "Test connection<", "Replace token<", "Show the template", "/integrations/acr/new", "type=\"password\""], text => Assert.DoesNotContain(text, markup, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task TheTemplateIsShownOnDemandAndTheAuditLogTellsToWhom()
    {
        var id = await _room.ConnectAsync("contoso.azurecr.io");
        var page = Render<RegistryPage>(p => p.Add(page => page.Id, id));
        Assert.DoesNotContain("portal.azure.com/#create", page.Markup, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Trim() == "Show the template").ClickAsync(new()));

        Assert.Contains("portal.azure.com/#create", page.Markup, StringComparison.Ordinal);
        await using var db = _room.Database.CreateDbContext();
        Assert.Equal(("ada", "contoso.azurecr.io"), db.Audit.Where(e => e.Action == AuditAction.TemplateShown).Select(e => ValueTuple.Create(e.Name, e.Subject)).Single());
    }

    [Fact]
    public async Task ResumingTheSetUpOpensTheStepThatWasReachedAndAFailedTestStaysThere()
    {
        var id = await _room.AddAsync("contoso.azurecr.io");
        Assert.Contains("https://portal.azure.com/#create/Microsoft.Template/uri/", Render<SetupPage>(p => p.Add(page => page.Id, id)).Markup, StringComparison.Ordinal);
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, CancellationToken.None);

        _acr.Token = () => AcrDouble.Error(System.Net.HttpStatusCode.Unauthorized, "invalid username/password");
        var page = Render<SetupPage>(p => p.Add(page => page.Id, id));
        page.Find("input[type=password]").Input("wrong");
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        await page.WaitForAssertionAsync(() => Assert.Contains("Nothing was stored.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains(Remedies.For(RegistryError.Unauthorized).Split('\'')[0], page.Markup, StringComparison.Ordinal);

        _acr.Token = new AcrDouble().Token;
        // The same text once more: the registry may have needed a minute.
        page.Find("input[type=password]").Input("wrong");
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        await page.WaitForAssertionAsync(() => Assert.EndsWith($"/integrations/acr?connected={id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal(IntegrationState.Connected, (await _room.RowAsync(id)).State);
    }

    [Theory]
    [InlineData(-1, "Expired")]
    [InlineData(0, "Last day")]
    [InlineData(14, "14 days left")]
    [InlineData(15, null)]
    public async Task TheLastDayOfATokenIsChosenOnItsRegistrysPageAndWarnedOf(int days, string? warning)
    {
        var id = await _room.ConnectAsync("contoso.azurecr.io");
        var page = Render<RegistryPage>(p => p.Add(page => page.Id, id));
        var day = DateOnly.FromDateTime(_room.Clock.GetUtcNow().UtcDateTime).AddDays(days);

        await page.InvokeAsync(() => page.Find("input[type=date].plain-select").ChangeAsync(new() { Value = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) }));

        Assert.Equal(day, (await _room.RowAsync(id)).TokenExpiresOn);
        var facts = page.Find(".facts").TextContent;
        Assert.All(["Expired", "Last day", "days left"], text => Assert.Equal(warning?.EndsWith(text, StringComparison.Ordinal) == true, facts.Contains(text, StringComparison.Ordinal)));
        Assert.Contains(warning ?? "", facts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemovingAsksFirstAndKeepsResultsUnlessToldOtherwise()
    {
        var id = await _room.ConnectAsync("contoso.azurecr.io");
        await _room.Database.AddRepositoryAsync("team/app");
        var dialogs = Render<MudDialogProvider>();
        Render<MudPopoverProvider>();
        var page = Render<IntegrationsPage>();
        Click(page, "Remove");
        await dialogs.WaitForAssertionAsync(() => Assert.Contains("Keep results", dialogs.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("docker-scout-readonly-token", dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal(IntegrationState.Connected, (await _room.RowAsync(id)).State);

        Click(dialogs, "Remove");
        await page.WaitForAssertionAsync(() => Assert.Contains("az acr token delete --registry contoso --name docker-scout-readonly-token --yes", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("No registry is connected", page.Markup, StringComparison.Ordinal);
        await using var db = _room.Database.CreateDbContext();
        Assert.Single(db.Repositories);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Connections).AddSingleton(_room.Removals).AddSingleton(_room.Tokens).AddSingleton(_room.Discovery()).AddSingleton(_room.Check()).AddSingleton(_room.Issue()).AddSingleton(_room.Issued()).AddSingleton(_room.Identity)
            .AddSingleton(_room.Cleanup()).AddSingleton(_room.Leftovers())
            .AddSingleton(_room.Rotation()).AddSingleton(_room.RotationSettings).AddSingleton(_room.Watch()).AddSingleton(_room.Mend());
        _room.AddConsent(Services);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _room.DisposeAsync();
    }

    private static void Click(IRenderedComponent<IComponent> component, string text) =>
        component.FindAll("button").Single(button => button.TextContent.Trim() == text).Click();
}
