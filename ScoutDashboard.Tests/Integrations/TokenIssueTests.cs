using System.Text.Json.Nodes;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Passwords that the dashboard has Azure make.</summary>
public sealed class TokenIssueTests : BunitContext, IAsyncLifetime
{
    private readonly AcrDouble _acr = new();
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private string _token = "";
    private long _id;

    private TokenIssue Issue => _room.Issue(_arm.Clients(new HastyClock()));

    private IssuedPassword Issued => _room.Issued(_arm.Clients(new HastyClock()));

    [Fact]
    public async Task APasswordIsMadeThatEndsWithTheDayThatWasChosen()
    {
        ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");

        var made = Assert.IsType<IssueOutcome.Made>(await Issue.IssueAsync(TestActor.Administrator, _id, new DateOnly(2027, 3, 31), default));

        Assert.Equal(AzureNames.Token, made.Password.Access.Credentials.UserName);
        Assert.True(TestSecrets.Knows(made.Password.Access.Credentials.Password));
        Assert.Equal([("password1", DateTimeOffset.Parse("2027-04-01T00:00:00Z", null))], Passwords().Select(password => (password.Name, password.Expiry!.Value)));
        await using var db = _room.Database.CreateDbContext();
        var line = await db.Audit.SingleAsync(e => e.Action == AuditAction.TokenIssued);
        Assert.Equal(("contoso.azurecr.io", $"{AzureNames.Token}, password1"), (line.Subject, line.Detail));
        Assert.DoesNotContain(made.Password.Access.Credentials.Password, made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereNobodySeesThatThereAreTwoNoneOfThemIsEnded()
    {
        var token = ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        _arm.World.SetPassword(token, "password1", TestSecrets.Of("somebody"));
        _arm.World.SetPassword(token, "password2", TestSecrets.Of("somebody else"));

        var refused = Assert.IsType<IssueOutcome.Failed>(await Issue.IssueAsync(TestActor.Administrator, _id, null, mayEndOne: false, default));

        Assert.Contains("two passwords that work", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "password1")]
    [InlineData("password1", "password2")]
    [InlineData("password2", "password1")]
    [InlineData("password1 password2", "password1")]
    public async Task APasswordThatSomebodyMayUseIsKeptWhileThereIsAnother(string there, string made)
    {
        var passwords = ArmRoutes.MakeToken(_arm.World, _token, "Succeeded")["properties"]!["credentials"]!["passwords"]!.AsArray();
        foreach (var name in there.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            passwords.Add(new JsonObject { ["name"] = name });
        }

        Assert.IsType<IssueOutcome.Made>(await Issue.IssueAsync(TestActor.Administrator, _id, null, default));

        Assert.Equal((made, null), (Passwords()[^1].Name, Passwords()[^1].Expiry));
    }

    [Fact]
    public async Task WhoeverWasStoppedBeforeItWasStoredMakesTheSameAnew()
    {
        _arm.World.SetPassword(ArmRoutes.MakeToken(_arm.World, _token, "Succeeded"), "password1", TestSecrets.Of("somebody"));

        Assert.Equal("password2", (await MakeAsync()).Password.Name);
        await using var db = _room.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, i => i.CreatedAt));
        Assert.Equal("password2", (await MakeAsync(mayEndOne: false)).Password.Name);

        Assert.True(_arm.World.Accepts(_token, TestSecrets.Of("somebody")));
    }

    [Fact]
    public async Task OneThatFailsItsTestIsEndedAndTheOneOfSomebodyElseStays()
    {
        _arm.World.SetPassword(ArmRoutes.MakeToken(_arm.World, _token, "Succeeded"), "password1", TestSecrets.Of("somebody"));
        _acr.Catalog = () => AcrDouble.Error(System.Net.HttpStatusCode.Forbidden, "no");
        var made = await MakeAsync();

        var steps = await Issued.EnableAsync(TestActor.Administrator, _id, made, default).ToListAsync();

        Assert.Equal((ConnectionStage.Store, ConnectionStepState.Skipped, "Nothing was stored. The password that was made is ended again.", ""), (steps[^1].Stage, steps[^1].State, steps[^1].Detail, steps[^1].Remedy));
        Assert.Equal(["password1"], Passwords().Select(password => password.Name));
        Assert.True(_arm.World.Accepts(_token, TestSecrets.Of("somebody")));
        Assert.Equal((null, null), ((await _room.RowAsync(_id)).ProtectedToken, (await _room.RowAsync(_id)).OldPassword));
    }

    [Fact]
    public async Task WhereItCanNotBeEndedThatIsToldAndTheNextOneEndsIt()
    {
        ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        _acr.Catalog = () => AcrDouble.Error(System.Net.HttpStatusCode.Forbidden, "no");
        var made = await MakeAsync(new DateOnly(2027, 3, 31));
        _arm.Trouble = context => Rotation.RotationRig.RefuseAsync(context, "PATCH", 403);

        var last = (await Issued.EnableAsync(TestActor.Administrator, _id, made, default).ToListAsync())[^1];

        Assert.StartsWith("Nothing was stored. The password that was made could not be ended again: password1 of the token works until 2027-03-31.", last.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Nobody has it.", last.Remedy, StringComparison.Ordinal);
        _arm.Trouble = _ => Task.FromResult(false);
        Assert.Equal("password1", (await MakeAsync()).Password.Name);
        Assert.False(_arm.World.Accepts(_token, made.Password.Access.Credentials.Password));
    }

    [Theory]
    [InlineData(ConnectionStage.Reach)]
    [InlineData(ConnectionStage.Manifest)]
    public async Task WhoLeavesDuringTheTestLeavesNoPasswordBehind(ConnectionStage stage)
    {
        ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        var made = await MakeAsync();

        await foreach (var step in Issued.EnableAsync(TestActor.Administrator, _id, made, default))
        {
            if (step.Stage == stage)
            {
                break;
            }
        }

        Assert.Empty(Passwords());
        Assert.Null((await _room.RowAsync(_id)).ProtectedToken);
    }

    [Fact]
    public async Task OneThatSomebodyMadeOfItsNameSinceStays()
    {
        var token = ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        var made = await MakeAsync();
        _arm.World.Now += TimeSpan.FromMinutes(1);
        _arm.World.SetPassword(token, "password1", TestSecrets.Of("somebody"));
        _acr.Accepts = password => _arm.World.Accepts(_token, password);

        Assert.Equal(ConnectionStepState.Skipped, (await Issued.EnableAsync(TestActor.Administrator, _id, made, default).ToListAsync())[^1].State);

        Assert.True(_arm.World.Accepts(_token, TestSecrets.Of("somebody")));
    }

    [Fact]
    public async Task WhileAzureMakesTheTokenItIsWaitedFor()
    {
        var token = ArmRoutes.MakeToken(_arm.World, _token, "Creating");
        var asked = 0;
        _arm.Trouble = _ =>
        {
            token["properties"]!["provisioningState"] = ++asked > 3 ? "Succeeded" : "Creating";
            return Task.FromResult(false);
        };

        Assert.IsType<IssueOutcome.Made>(await Issue.IssueAsync(TestActor.Administrator, _id, null, default));
    }

    [Theory]
    [InlineData("", "deploy first")]
    [InlineData("Failed", "“Failed”")]
    [InlineData("Creating", "“Creating”")]
    public async Task ATokenThatIsNotThereGetsNoPassword(string state, string told)
    {
        if (state.Length > 0)
        {
            ArmRoutes.MakeToken(_arm.World, _token, state);
        }

        var failed = Assert.IsType<IssueOutcome.Failed>(await Issue.IssueAsync(TestActor.Administrator, _id, null, default));

        Assert.Contains(told, $"{failed.Message} {failed.Remedy}", StringComparison.Ordinal);
        Assert.DoesNotContain(_arm.Calls, call => call.Call.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InTheWizardItIsMadeTestedAndStoredWithoutBeingShown()
    {
        ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.NotEmpty(page.FindAll("#issue-expiry")), TimeSpan.FromSeconds(30));
        Assert.Equal("2027-11-24", page.Find("#issue-expiry").GetAttribute("value"));

        page.Find("#issue-expiry").Change("2026-11-24");
        await SubmitAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Choose a day after today.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        page.Find("#issue-expiry").Change("2027-02-28");
        await SubmitAsync(page);
        await page.WaitForAssertionAsync(() => Assert.EndsWith($"/integrations/acr?connected={_id}", Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().Uri, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        var row = await _room.RowAsync(_id);
        var password = (await _room.Accesses.FindAsync(_id, default))!.Credentials.Password;
        Assert.Equal((IntegrationState.Connected, new DateOnly(2027, 2, 28)), (row.State, row.TokenExpiresOn));
        Assert.True(TestSecrets.Knows(password));
        Assert.DoesNotContain(password, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APasswordWithoutAnEndIsWarnedOf()
    {
        ArmRoutes.MakeToken(_arm.World, _token, "Succeeded");
        await _room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, _id, default);
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.NotEmpty(page.FindAll("#issue-expiry")), TimeSpan.FromSeconds(30));

        page.Find("input[type=checkbox]").Change(true);
        await page.WaitForAssertionAsync(() => Assert.Contains("also works for whoever steals it", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await SubmitAsync(page);
        await page.WaitForAssertionAsync(() => Assert.NotEmpty(Passwords()), TimeSpan.FromSeconds(30));

        Assert.Null(Passwords()[^1].Expiry);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync(network: _acr);
        _arm = await ArmDouble.StartAsync();
        _token = $"{_arm.World.AddRegistry("contoso")}/tokens/{AzureNames.Token}";
        _id = (await _room.Integrations.AddAsync(TestActor.Administrator, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Connections).AddSingleton(Issue).AddSingleton(Issued).AddSingleton(_room.Identity);
        _room.AddConsent(Services);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
        _acr.Dispose();
    }

    private async Task<IssueOutcome.Made> MakeAsync(DateOnly? expiresOn = null, bool mayEndOne = true) =>
        Assert.IsType<IssueOutcome.Made>(await Issue.IssueAsync(TestActor.Administrator, _id, expiresOn, mayEndOne, default));

    private static Task SubmitAsync(IRenderedComponent<SetupPage> page) => page.InvokeAsync(() => page.FindAll("form")[0].SubmitAsync(new()));

    private List<(string Name, DateTimeOffset? Expiry)> Passwords() =>
        [.. _arm.World.Find(_token)!["properties"]!["credentials"]!["passwords"]!.AsArray().Select(item => ((string)item!["name"]!, item["expiry"] is { } end ? DateTimeOffset.Parse((string)end!, null) : (DateTimeOffset?)null))];
}
