using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
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

    private JsonObject Subscription => _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.EventGrid/systemTopics/eventSubscriptions");

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

    [Theory]
    [InlineData(403, "AuthorizationFailed", "may not do this")]
    [InlineData(404, "SubscriptionNotFound", "does not have it")]
    public async Task ATopicThatOneMayNotSeeIsNotGone(int status, string code, string told)
    {
        Assert.Empty((await Watch.CheckAsync(Ada, _rig.Id, default))!.Differences);
        _rig.Arm.Trouble = context => HideTopicAsync(context, status, code);

        var unseen = (await Watch.CheckAsync(_bob, _rig.Id, default))!;

        Assert.Empty(unseen.Differences);
        Assert.Contains(told, unseen.Failure, StringComparison.Ordinal);
        Assert.Equal("ada", (await DetailsAsync()).Watch!.By);
    }

    // Its list leaves the topic out, and beside the registry there is none.
    [Fact]
    public async Task ATopicThatSomebodyMadeInAGroupThatOneMayNotSeeIsNotGone()
    {
        const string Provider = "/providers/Microsoft.EventGrid/systemTopics";
        foreach (var (id, resource) in _rig.Arm.World.Resources.Where(pair => pair.Key.Contains(Provider, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            _rig.Arm.World.Resources.Remove(id);
            _rig.Arm.World.Resources[id.Replace("/rg1/", "/security/", StringComparison.OrdinalIgnoreCase)] = JsonNode.Parse(resource.ToJsonString().Replace($"/rg1{Provider}", $"/security{Provider}", StringComparison.OrdinalIgnoreCase))!.AsObject();
        }

        await _rig.Room.Integrations.SetTopicAsync(Ada, _rig.Id, AzureNames.SystemTopic, exists: true, default);
        var whole = (await Watch.CheckAsync(Ada, _rig.Id, default))!;
        Assert.Equal((null, 0), (whole.Failure, whole.Differences.Count));
        _rig.Arm.Trouble = async context =>
        {
            var isList = context.Request.Path.Value!.EndsWith("/systemTopics", StringComparison.Ordinal);
            await (isList ? context.Response.WriteAsync("""{"value":[]}""") : Task.CompletedTask);
            return isList;
        };

        var unseen = (await Watch.CheckAsync(_bob, _rig.Id, default))!;

        Assert.Empty(unseen.Differences);
        Assert.Contains("gone, or lies where you see nothing", unseen.Failure, StringComparison.Ordinal);
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
        await using var theirs = new BunitContext();
        Ready(theirs, _bob);
        var integration = await DetailsAsync();
        var other = theirs.Render<WatchPanel>(p => p.Add(panel => panel.Integration, integration));
        Assert.Contains(", ada", other.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("You could not ask for all", other.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("may not do this", other.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasMendedAndCouldNotBeLookedAtAgainIsSaidToBeSo()
    {
        Token["status"] = "disabled";
        Subscription["properties"]!["filter"]!["subjectBeginsWith"] = "apps/";
        await Watch.CheckAsync(Ada, _rig.Id, default);
        _rig.Arm.Trouble = HideTopicAsync;

        var outcome = await _rig.Room.Mend(Clients).MendAsync(Ada, _rig.Id, AzureDifference.TokenDisabled, default);

        Assert.StartsWith("Azure did it, but could not be looked at again: ", outcome!.Message, StringComparison.Ordinal);
        Assert.Equal("enabled", (string)Token["status"]!);
        // And what else was found stays, for all.
        Assert.Equal([AzureDifference.Filtered], (await DetailsAsync()).Watch!.Differences);
    }

    [Fact]
    public async Task WhatAnotherSawWholeMeanwhileStaysAsTheySawIt()
    {
        Token["status"] = "disabled";
        await Watch.CheckAsync(Ada, _rig.Id, default);
        var isMending = false;
        _rig.Arm.Trouble = async context =>
        {
            if (context.Request.Method == "PATCH")
            {
                _rig.Room.Clock.Advance(TimeSpan.FromMinutes(1));
                await Watch.CheckAsync(_bob, _rig.Id, default);
                isMending = true;
            }

            return isMending && await HideTopicAsync(context);
        };

        await _rig.Room.Mend(Clients).MendAsync(Ada, _rig.Id, AzureDifference.TokenDisabled, default);

        var kept = (await DetailsAsync()).Watch!;
        Assert.Equal(("bob", AzureDifference.TokenDisabled), (kept.By, Assert.Single(kept.Differences)));
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
    public async Task WhereOnesConsentEndsWhileAzureMakesAPasswordAllAreToldThatItMayBeMade()
    {
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(Ada, _rig.Id, null, null, default).LastAsync()).State);
        Assert.Equal("password1", (await DetailsAsync()).Rotation.OldPassword);
        _rig.Arm.Trouble = async context =>
        {
            await (context.Request.Method == "POST" ? _rig.Room.Consents.EndAsync(_bob, default) : Task.CompletedTask);
            return false;
        };

        var step = await _rig.Room.Rotation(Clients).RotateAsync(_bob, _rig.Id, null, null, default).LastAsync();

        Assert.Contains("Azure may have made password1 all the same", step.Detail, StringComparison.Ordinal);
        var rotation = (await DetailsAsync()).Rotation;
        Assert.Equal((step.Detail, "Rotate again, which makes it anew.", "bob", null), (rotation.Failure, rotation.Remedy, rotation.TriedBy, rotation.OldPassword));
        _rig.Arm.EndAll();
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(Ada, _rig.Id, null, null, default).LastAsync()).State);
        Assert.Equal("password1", (await _rig.Room.RowAsync(_rig.Id)).TokenPassword);
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
        _rig.Arm.World.Resources.Remove((string)Subscription["id"]!);
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
        Ready(this, Ada);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private void Ready(BunitContext visitor, Actor actor)
    {
        visitor.JSInterop.Mode = JSRuntimeMode.Loose;
        _rig.Room.AddPage(visitor.Services, Clients);
        visitor.SignInAs(actor, MemberRole.Administrator);
    }

    private static Task<bool> HideTopicAsync(HttpContext context) => HideTopicAsync(context, 403, "AuthorizationFailed");

    // As where somebody may read the registry alone: lists leave out what one may not see.
    private static async Task<bool> HideTopicAsync(HttpContext context, int status, string code)
    {
        var path = context.Request.Path.Value!;
        if (!path.Contains("/systemTopics", StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = path.EndsWith("/systemTopics", StringComparison.Ordinal) ? 200 : status;
        await context.Response.WriteAsync(context.Response.StatusCode == 200 ? """{"value":[]}""" : $$$"""{"error":{"code":"{{{code}}}","message":"No."}}""");
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
