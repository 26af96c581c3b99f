using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>What one person may not see in Azure, or not any more, is told to them and takes nothing away of what is known to all.</summary>
public sealed class ConsentSightTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private RotationRig _rig = null!;
    private Actor _bob = null!;

    private static Actor Ada => TestActor.Administrator;

    private ArmClients Clients => _rig.Arm.Consenting(new HastyClock());

    private JsonNode Token => _rig.Arm.World.Find(_rig.TokenId)!["properties"]!;

    private AzureWatch Watch => _rig.Room.Watch(Clients);

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task ALookThatOnePersonCouldNotMakeLeavesTheLastWholeOneToAll(int status)
    {
        Token["status"] = "disabled";
        Assert.Null((await Watch.CheckAsync(Ada, _rig.Id, default))!.Failure);
        var seen = await DetailsAsync();
        Assert.Equal(("ada", AzureDifference.TokenDisabled), (seen.Watch!.By, Assert.Single(seen.Watch.Differences)));
        _rig.Room.Clock.Advance(TimeSpan.FromMinutes(30));
        if (status == 0)
        {
            await _rig.Room.Consents.EndAsync(_bob, default);
        }
        else
        {
            _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "GET", status);
        }

        var theirs = (await Watch.CheckAsync(_bob, _rig.Id, default))!;

        Assert.NotNull(theirs.Failure);
        Assert.NotEmpty(theirs.Remedy);
        var still = (await DetailsAsync()).Watch!;
        Assert.Equal((seen.Watch.At, "ada", null), (still.At, still.By, still.Failure));
        Assert.Equal([AzureDifference.TokenDisabled], still.Differences);
        Assert.Equal([NeedKind.ChangedInAzure], (await NeedsAsync()).Select(need => need.Kind));

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await _rig.Room.ConsentAsync(_bob, ArmDouble.Token);
        Assert.Null((await Watch.CheckAsync(_bob, _rig.Id, default))!.Failure);
        Assert.Equal("bob", (await DetailsAsync()).Watch!.By);
    }

    [Fact]
    public async Task ATopicThatOneMayNotSeeIsNotGone()
    {
        Assert.Empty((await Watch.CheckAsync(Ada, _rig.Id, default))!.Differences);
        _rig.Arm.Trouble = HideTopicAsync;

        var unseen = (await Watch.CheckAsync(_bob, _rig.Id, default))!;

        Assert.Empty(unseen.Differences);
        Assert.Contains("may not do this", unseen.Failure, StringComparison.Ordinal);
        Assert.Equal("ada", (await DetailsAsync()).Watch!.By);
    }

    [Fact]
    public async Task TheVisitorSeesTheirOwnOutcomeBesideWhatIsKnownAndOthersDoNot()
    {
        Token["status"] = "disabled";
        await Watch.CheckAsync(Ada, _rig.Id, default);
        var page = await RenderAsync(panel => panel.Integration);
        Assert.Contains(", ada", page.Markup, StringComparison.Ordinal);
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "GET", 403);

        await ClickAsync(page, "Check now");

        await page.WaitForAssertionAsync(() => Assert.Contains("You could not ask for all", page.Find(".mud-alert[role=alert]").TextContent, StringComparison.Ordinal), Limit);
        Assert.Contains("is disabled: the registry can't be read.", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("You could not ask for all", (await RenderAsync(panel => panel.Integration)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasMendedAndCouldNotBeLookedAtAgainIsSaidToBeSo()
    {
        Token["status"] = "disabled";
        _rig.Arm.Trouble = HideTopicAsync;

        var outcome = await _rig.Room.Mend(Clients).MendAsync(Ada, _rig.Id, AzureDifference.TokenDisabled, default);

        Assert.StartsWith("Azure did it, but could not be looked at again: ", outcome!.Message, StringComparison.Ordinal);
        Assert.Equal("enabled", (string)Token["status"]!);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(0)]
    public async Task ARotationThatOnePersonMayNotDoIsToldToThemAndInTheAuditLogAlone(int status)
    {
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", status);
        await (status == 0 ? _rig.Room.Consents.EndAsync(_bob, default) : Task.CompletedTask);

        var step = await _rig.Room.Rotation(Clients).RotateAsync(_bob, _rig.Id, null, null, default).LastAsync();

        Assert.Equal(ConnectionStepState.Failed, step.State);
        var rotation = (await DetailsAsync()).Rotation;
        Assert.Equal((null, null, null), (rotation.Failure, rotation.TriedAt, rotation.TriedBy));
        Assert.Empty(await NeedsAsync());
        Assert.Null((await _rig.Room.RowAsync(_rig.Id)).RotatingUntil);
        await using var db = _rig.Room.Database.CreateDbContext();
        Assert.Equal("bob", (await db.Audit.SingleAsync(line => line.Action == AuditAction.TokenRotationFailed)).Name);
    }

    [Fact]
    public async Task APasswordThatFailsItsTestIsToldToAllWithWhoHadItMade()
    {
        _rig.Acr.Accepts = _ => false;

        await _rig.Room.Rotation(Clients).RotateAsync(_bob, _rig.Id, null, null, default).LastAsync();

        var rotation = (await DetailsAsync()).Rotation;
        Assert.StartsWith("The new password failed its test:", rotation.Failure, StringComparison.Ordinal);
        Assert.Equal("bob", rotation.TriedBy);
    }

    [Fact]
    public async Task WhoFindsThatARegistryWasMovedIsNamedInTheAuditLog()
    {
        _rig.Arm.World.MoveRegistry("contoso", "rg1", "rg2", ArmWorld.First);

        await Watch.CheckAsync(_bob, _rig.Id, default);

        await using var db = _rig.Room.Database.CreateDbContext();
        var line = await db.Audit.SingleAsync(entry => entry.Action == AuditAction.RegistryMoved);
        Assert.Equal(("bob", _bob.AccountId), (line.Name, line.AccountId));
    }

    [Fact]
    public async Task WhoHasADeploymentBegunByMendingIsShownToOthers()
    {
        _rig.Arm.World.Resources.Remove(_rig.Arm.World.Resources.Single(item => (string?)item.Value["type"] == "Microsoft.EventGrid/systemTopics/eventSubscriptions").Key);
        Assert.Null(await _rig.Room.Mend(Clients).MendAsync(_bob, _rig.Id, AzureDifference.SubscriptionGone, default));
        var integration = await DetailsAsync();

        var page = Render<DeployAgain>(p => p.Add(again => again.Integration, integration));

        await page.WaitForAssertionAsync(() => Assert.Contains("bob had the dashboard deploy it", page.Markup, StringComparison.Ordinal), Limit);
    }

    // The identity is asked for first: whoever leaves then would leave the right behind.
    [Fact]
    public async Task WhoLeavesWhileTheirRightsAreLookedUpHasNotTakenTheToken()
    {
        var room = _rig.Room;
        var identities = new AzureIdentities(Clients, room.Consents, new Left(), room.Clock);
        var rotation = new TokenRotation(identities, new RegistryLocator(room.Database, room.Clock), room.Ledger, new NewPasswordTest(room.Test, new HastyClock()), room.Clock);

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await rotation.RotateAsync(_bob, _rig.Id, null, null, default).ToListAsync());
        await Assert.ThrowsAsync<OperationCanceledException>(() => rotation.RepairAsync(_bob, _rig.Id, default));

        Assert.Null((await room.RowAsync(_rig.Id)).RotatingUntil);
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        await _rig.DeployAsync();
        _bob = await TestActor.AddAsync(_rig.Room.Database, "bob", MemberRole.Administrator);
        await _rig.Room.ConsentAsync(Ada, ArmDouble.Token);
        await _rig.Room.ConsentAsync(_bob, ArmDouble.Token);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_rig.Room.Clock).AddSingleton(Watch).AddSingleton(_rig.Room.Mend(Clients))
            .AddSingleton(_rig.Room.Integrations).AddSingleton(_rig.Room.Planner);
        _rig.Room.AddConsent(Services, Clients);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    // As where somebody may read the registry alone: lists leave out what one may not see.
    private static async Task<bool> HideTopicAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.Contains("/systemTopics", StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = path.EndsWith("/systemTopics", StringComparison.Ordinal) ? 200 : 403;
        await context.Response.WriteAsync(context.Response.StatusCode == 200 ? """{"value":[]}""" : """{"error":{"code":"AuthorizationFailed","message":"No."}}""");
        return true;
    }

    private async Task<IRenderedComponent<WatchPanel>> RenderAsync(System.Linq.Expressions.Expression<Func<WatchPanel, IntegrationDetails>> parameter)
    {
        var integration = await DetailsAsync();
        return Render<WatchPanel>(p => p.Add(parameter, integration));
    }

    private static Task ClickAsync(IRenderedComponent<WatchPanel> page, string button) => page.FindAll("button").Single(found => found.TextContent.Trim() == button).ClickAsync(new());

    private async Task<IntegrationDetails> DetailsAsync() => (await _rig.Room.Integrations.FindAsync(1, _rig.Id, default))!;

    private Task<IReadOnlyList<Need>> NeedsAsync() => new NeedsReport(_rig.Room.Database, _rig.Room.Clock).ListAsync(1, default);

    private sealed class Left : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => throw new OperationCanceledException();
    }
}
