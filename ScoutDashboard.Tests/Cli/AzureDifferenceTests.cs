using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure status</c> tells scripts of all that is not as the template made it.</summary>
public sealed class AzureDifferenceTests : AzureShellTest
{
    public static TheoryData<AzureDifference> All => [.. Enum.GetValues<AzureDifference>()];

    private string Subscription => $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}";

    [Theory]
    [MemberData(nameof(All))]
    public async Task WhateverDiffersIsToldInASentenceAndByTheExitCode(AzureDifference difference)
    {
        Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);
        Assert.Equal(0, (await _rig.RunAsync("status")).ExitCode);
        var told = Change(difference);
        _rig.Arm.Calls.Clear();

        var run = await _rig.RunAsync("status");

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.Contains($"\n  {told}\n", run.Output, StringComparison.Ordinal);
        // It only looks: neither there nor here anything changes.
        Assert.All(_rig.Arm.Calls, call => Assert.True(call.Call.StartsWith("GET ", StringComparison.Ordinal) || call.Call.EndsWith("/getFullUrl", StringComparison.Ordinal), call.Call));
        await using var db = _rig.Database();
        Assert.Equal((null, ""), await db.Integrations.Select(i => ValueTuple.Create(i.WatchedAt, i.Differences)).SingleAsync());
    }

    [Fact]
    public async Task WhatDiffersIsToldBesideWhatCouldNotBeAsked()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        Change(AzureDifference.TokenDisabled);
        Refuse(HttpMethods.Get, "/systemTopics");

        var run = await _rig.RunAsync("status");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("  The token docker-scout-readonly-token is disabled: the registry can't be read.\n  Azure could not be asked for all of it. ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARegistryThatIsGoneIsToldAndNothingOfItIsThere()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        World.Resources.Clear();

        var run = await _rig.RunAsync("status");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Azure shows no such registry", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(": there", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARegistryThatIsGoneIsToldAlsoWhereNothingOfItIsLookedAt()
    {
        Refuse(HttpMethods.Post, "/generateCredentials");
        await _rig.RunAsync("connect", "contoso", "--yes");
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await using var unreached = await AzureShellRig.CreateAsync(publicUrl: "");
        unreached.Arm.World.AddRegistry("contoso");
        Assert.Equal(0, (await unreached.RunAsync("connect", "contoso", "--yes", "--passwordless")).ExitCode);
        Assert.Equal(0, (await unreached.RunAsync("status")).ExitCode);
        World.Resources.Clear();
        unreached.Arm.World.Resources.Clear();

        var waiting = await _rig.RunAsync("status");
        var passwordless = await unreached.RunAsync("status");

        const string Gone = "  Azure could not be asked for all of it. Azure shows no such registry";
        Assert.StartsWith($"contoso.azurecr.io: WaitingForToken, no token\n{Gone}", waiting.Output, StringComparison.Ordinal);
        Assert.Equal(3, passwordless.ExitCode);
        Assert.StartsWith($"contoso.azurecr.io: Connected, the dashboard's own identity\n{Gone}", passwordless.Output, StringComparison.Ordinal);
    }

    // What is told of it.
    private string Change(AzureDifference difference)
    {
        var (subscription, token) = (World.Find(Subscription)!["properties"]!, World.Find(Token)!["properties"]!);
        switch (difference)
        {
            case AzureDifference.TopicGone:
                World.Resources.Remove(Subscription);
                World.Resources.Remove(Topic);
                return "The registry's system topic is gone, or lies where the identity sees nothing: pushes are found only by the regular look.";
            case AzureDifference.OtherTopic:
                World.Resources.Remove(Subscription);
                World.Resources.Remove(Topic);
                World.AddTopic("of-defender", _registry);
                return "The registry's one system topic is not docker-scout-repository.";
            case AzureDifference.SubscriptionGone:
                World.Resources.Remove(Subscription);
                return "The event subscription image-change is gone: pushes are found only by the regular look.";
            case AzureDifference.OtherEndpoint:
                World.Find(Subscription)!["secret"] = "https://scout.example.com/webhooks/eventgrid/of-somebody-else";
                return "The event subscription sends its events elsewhere, or with another key: they do not arrive here.";
            case AzureDifference.OtherEvents:
                subscription["filter"]!["includedEventTypes"] = new JsonArray("Microsoft.ContainerRegistry.ImagePushed");
                return "The event subscription does not send pushes and deletions, or more than these.";
            case AzureDifference.Filtered:
                subscription["filter"]!["subjectBeginsWith"] = "team/";
                return "The event subscription has a filter of its own: some pushes do not arrive.";
            case AzureDifference.SubscriptionInactive:
                subscription["provisioningState"] = "AwaitingManualAction";
                return "The event subscription is not active: Azure waits for its address to be confirmed, or failed at it.";
            case AzureDifference.TokenGone:
                World.Resources.Remove(Token);
                return "The token docker-scout-readonly-token is gone: the registry can't be read.";
            case AzureDifference.TokenDisabled:
                token["status"] = "disabled";
                return "The token docker-scout-readonly-token is disabled: the registry can't be read.";
            case AzureDifference.OtherScopeMap:
                token["scopeMapId"] = $"{_registry}/scopeMaps/_repositories_push";
                return "The token docker-scout-readonly-token has another scope map than _repositories_pull_metadata_read.";
            case AzureDifference.NarrowScopeMap:
                World.ScopeMapActions = ["repositories/team/content/read", "repositories/team/metadata/read"];
                return "The scope map _repositories_pull_metadata_read does not let the token read all repositories. It is Azure's own and can't be changed from here: make a token with a scope map that does, and give it under Replace token.";
            default:
                throw new ArgumentOutOfRangeException(nameof(difference), difference, "How does Azure look then?");
        }
    }
}
