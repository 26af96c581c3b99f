using Bunit;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>What a registry's page goes on to tell where somebody's consent has ended, or they never gave one, and that it offers nothing more then.</summary>
public sealed class ConsentOutcomeTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Acts = ["Check now", "Enable the token", "End password1", "Rotate now", "Find it in Azure"];
    private RotationRig _rig = null!;

    private static Actor Ada => TestActor.Administrator;

    private ArmClients Clients => _rig.Arm.Consenting(new HastyClock());

    [Theory]
    [InlineData("Check now", "nothing of it is kept for others: Your consent to act in Azure has ended.")]
    [InlineData("Enable the token", "Your consent to act in Azure has ended, or it does not know where the registry lies.")]
    [InlineData("End password1", "password1 could not be ended in Azure: Your consent to act in Azure has ended.")]
    [InlineData("Rotate now", "Consent again on this page, or replace the token by hand.")]
    public async Task WhoseConsentEndedIsToldWhatBecameOfWhatTheyPressed(string button, string told)
    {
        var page = await RenderAsync(_rig.Id);
        Assert.Equal(["Check now", "Enable the token", "End password1", "Rotate now"], OfferedBy(page).Order());

        await EndAndPressAsync(page, button);

        await AssertToldAsync(page, told);
    }

    [Fact]
    public async Task WhoseConsentEndedIsToldWhyNoRegistryIsLookedFor()
    {
        var page = await RenderAsync(await _rig.Room.ConnectAsync("fabrikam.azurecr.io"));
        Assert.Equal(["Find it in Azure"], OfferedBy(page));

        await EndAndPressAsync(page, "Find it in Azure");

        await AssertToldAsync(page, "Your consent to act in Azure has ended.");
    }

    [Fact]
    public async Task WhoGaveNoConsentSeesWhatAnotherFoundAndIsOfferedNothing()
    {
        this.SignInAs(await TestActor.AddAsync(_rig.Room.Database, "bob", MemberRole.Administrator), MemberRole.Administrator);

        var page = await RenderAsync(_rig.Id);

        Assert.Contains("is disabled: the registry can't be read.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(", ada", page.Markup, StringComparison.Ordinal);
        Assert.Empty(OfferedBy(page));
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        await _rig.DeployAsync();
        await _rig.Room.ConsentAsync(Ada, ArmDouble.Token);
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(Ada, _rig.Id, null, null, default).LastAsync()).State);
        _rig.Arm.World.Find(_rig.TokenId)!["properties"]!["status"] = "disabled";
        await _rig.Room.Watch(Clients).CheckAsync(Ada, _rig.Id, default);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _rig.Room.AddPage(Services, Clients);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private async Task<IRenderedComponent<RegistryPage>> RenderAsync(long id)
    {
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, id));
        await page.WaitForAssertionAsync(() => Assert.Contains("In Azure", page.Markup, StringComparison.Ordinal), Limit);
        return page;
    }

    private async Task EndAndPressAsync(IRenderedComponent<RegistryPage> page, string text)
    {
        await _rig.Room.Consents.EndAsync(Ada, default);
        await page.InvokeAsync(() => text == "Rotate now" ? page.FindAll("form").First(form => form.QuerySelector("#rotate-expiry") is not null).SubmitAsync(new())
            : page.FindAll("button").Single(button => button.TextContent.Trim() == text).ClickAsync(new()));
    }

    // All at once: each reload hides what was offered, and must not hide what was told.
    private static Task AssertToldAsync(IRenderedComponent<RegistryPage> page, string told) => page.WaitForAssertionAsync(
        () =>
        {
            Assert.Empty(OfferedBy(page));
            Assert.Contains("Your consent has ended", page.Find("section.consent [role=status]").TextContent, StringComparison.Ordinal);
            Assert.Contains(told, page.Markup, StringComparison.Ordinal);
        }, Limit);

    private static IEnumerable<string> OfferedBy(IRenderedComponent<RegistryPage> page) =>
        page.FindAll("button").Where(button => !button.HasAttribute("disabled")).Select(button => button.TextContent.Trim()).Intersect(Acts);
}
