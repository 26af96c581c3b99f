using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>A deployment by the dashboard's identity: what it makes, and that it is found again.</summary>
public sealed class DeploymentRunTests : IAsyncLifetime
{
    private const string Put = "PUT /";
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private string _registry = "";
    private long _id;

    private DeploymentRun Run => _room.Deployments(_arm.Clients(new HastyClock()));

    [Fact]
    public async Task EachResourceIsToldUntilAllAreMade()
    {
        var told = await RunAsync();

        Assert.Equal(DeploymentState.Running, told[0].State);
        Assert.All(told[0].Resources, resource => Assert.Equal(DeploymentState.Running, resource.State));
        Assert.Equal(DeploymentState.Succeeded, told[^1].State);
        Assert.Equal(
            [
                (AzureResourceKind.SystemTopic, "docker-scout-repository", DeploymentState.Succeeded), (AzureResourceKind.EventSubscription, AzureNames.EventSubscription, DeploymentState.Succeeded),
                (AzureResourceKind.Token, AzureNames.Token, DeploymentState.Succeeded),
            ],
            told[^1].Resources.Select(made => (made.Resource.Kind, made.Resource.Name, made.State)));
        Assert.NotNull(_arm.World.Find($"{_registry}/tokens/{AzureNames.Token}"));
        await using var db = _room.Database.CreateDbContext();
        Assert.Equal("contoso.azurecr.io", (await db.Audit.SingleAsync(e => e.Action == AuditAction.DeploymentStarted)).Subject);
    }

    [Fact]
    public async Task ADeploymentThatSomebodyLeftIsFollowedAndNotStartedAgain()
    {
        // Longer than the looks of this test.
        _arm.Rounds = 20;
        await foreach (var progress in Run.RunAsync(TestActor.Administrator, _id, default))
        {
            Assert.Equal(DeploymentState.Running, progress.State);
            break;
        }

        Assert.Equal(DeploymentState.Running, (await Run.FindAsync(TestActor.Administrator, _id, default))!.State);
        Assert.Equal(DeploymentState.Succeeded, (await RunAsync())[^1].State);

        Assert.Single(_arm.Calls, call => call.Call.StartsWith(Put, StringComparison.Ordinal));
        await using var db = _room.Database.CreateDbContext();
        Assert.Single(await db.Audit.Where(e => e.Action == AuditAction.DeploymentStarted).ToListAsync());
    }

    [Fact]
    public async Task WhatFailsIsToldInAzuresWordsAndDoneAgainOnceItIsMended()
    {
        _arm.World.AddTopic("of-defender", _registry);

        var failed = (await RunAsync())[^1];

        Assert.Equal(DeploymentState.Failed, failed.State);
        Assert.Contains("Only one system topic is allowed per source.", failed.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Remedy);
        Assert.Contains(failed.Resources, resource => resource is { Resource.Kind: AzureResourceKind.SystemTopic, State: DeploymentState.Failed } && resource.Fault == failed.Message);
        Assert.Equal(DeploymentState.Failed, (await Run.FindAsync(TestActor.Administrator, _id, default))!.State);

        await _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, "of-defender", exists: true, default);
        Assert.Equal(DeploymentState.Succeeded, (await RunAsync())[^1].State);
        Assert.Equal(2, _arm.Calls.Count(call => call.Call.StartsWith(Put, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(403, "AuthorizationFailed", DeploymentState.Failed)]
    [InlineData(409, "ScopeLocked", DeploymentState.Failed)]
    [InlineData(503, "ServerTimeout", DeploymentState.Unknown)]
    public async Task ARefusedStartHasFailedAndAnOutageTellsNothing(int status, string code, DeploymentState expected)
    {
        _arm.Trouble = async context =>
        {
            if (context.Request.Method != HttpMethods.Put)
            {
                return false;
            }

            context.Response.StatusCode = status;
            await context.Response.WriteAsync($$$"""{"error":{"code":"{{{code}}}","message":"No: {{{code}}}"}}""");
            return true;
        };

        var told = Assert.Single(await RunAsync());

        Assert.Equal(expected, told.State);
        Assert.Contains(code, told.Message, StringComparison.Ordinal);
        Assert.NotEmpty(told.Remedy);
    }

    [Theory]
    [InlineData(403, DeploymentState.Failed)]
    [InlineData(503, DeploymentState.Unknown)]
    public async Task ASubscriptionInAnotherGroupIsWrittenDownBeforeAndItsRefusalHasFailed(int status, DeploymentState expected)
    {
        _arm.World.AddTopic("of-defender", _registry, group: "rg2");
        var isKnown = false;
        _arm.Trouble = async context =>
        {
            if (context.Request.Method != HttpMethods.Put)
            {
                return false;
            }

            await using var db = _room.Database.CreateDbContext();
            isKnown = await db.Audit.AnyAsync(e => e.Action == AuditAction.DeploymentStarted);
            return await RotationRig.RefuseAsync(context, "PUT", status);
        };

        var told = Assert.Single(await RunAsync());

        Assert.Equal((expected, true), (told.State, isKnown));
        Assert.All(_arm.Calls.Where(call => call.Call.StartsWith(Put, StringComparison.Ordinal)), call => Assert.Contains("/eventSubscriptions/", call.Call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhereNoEventsCouldComeEventGridIsNotAskedForAny()
    {
        await using var room = await IntegrationRoom.CreateAsync(publicUrl: null);
        var id = (await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        _arm.Trouble = async context => context.Request.Path.Value!.Contains("/Microsoft.EventGrid/", StringComparison.Ordinal) && await RotationRig.RefuseAsync(context, "GET", 500);

        var told = await room.Deployments(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, id, default).ToListAsync();

        Assert.Equal((DeploymentState.Succeeded, ""), (told[^1].State, told[^1].Message));
    }

    [Fact]
    public async Task AnOutageMeanwhileIsNoFailureAndTheDeploymentIsFollowedLater()
    {
        (_arm.World.PageSize, _arm.Rounds) = (50, 20);
        _arm.Trouble = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/operations", StringComparison.Ordinal) || _arm.Calls.Count(call => call.Call.EndsWith("/operations", StringComparison.Ordinal)) < 2)
            {
                return false;
            }

            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("oops");
            return true;
        };
        Assert.Equal([DeploymentState.Running, DeploymentState.Unknown], (await RunAsync()).Select(progress => progress.State));

        _arm.Trouble = _ => Task.FromResult(false);
        Assert.Equal(DeploymentState.Succeeded, (await RunAsync())[^1].State);
        Assert.Single(_arm.Calls, call => call.Call.StartsWith(Put, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NothingIsDeployedWithoutAnIdentityOrAPlace()
    {
        var typed = await _room.AddAsync("fabrikam.azurecr.io");

        Assert.Equal(DeploymentState.Failed, Assert.Single(await Run.RunAsync(TestActor.Administrator, typed, default).ToListAsync()).State);
        Assert.Null(await Run.FindAsync(TestActor.Administrator, typed, default));
        Assert.Equal(DeploymentState.Unknown, (await _room.Deployments().FindAsync(TestActor.Administrator, _id, default))!.State);
        Assert.Empty(_arm.Calls);
    }

    [Fact]
    public async Task WhoIsNoAdministratorDeploysNothing()
    {
        await Assert.ThrowsAsync<ForbiddenException>(async () => await Run.RunAsync(TestActor.Editor, _id, default).ToListAsync());
        Assert.Empty(_arm.Calls);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _registry = _arm.World.AddRegistry("contoso");
        _id = (await _room.Integrations.AddAsync(TestActor.Administrator, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
    }

    public async Task DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private async Task<List<DeploymentProgress>> RunAsync() => await Run.RunAsync(TestActor.Administrator, _id, default).ToListAsync();
}
