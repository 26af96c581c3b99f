using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>What in Azure is no longer as the template made it is found, and nothing else; and it is mended.</summary>
public sealed class AzureWatchTests : WatchTest
{
    [Fact]
    public async Task WhatTheTemplateMadeDoesNotDiffer() => await AssertFoundAsync();

    [Fact]
    public async Task CaseAndOrderAreNoDifference()
    {
        Topic["properties"]!["source"] = ((string)Topic["properties"]!["source"]!).Replace("registries", "Registries", StringComparison.Ordinal).Replace("rg1", "RG1", StringComparison.Ordinal);
        Filter["includedEventTypes"] = new JsonArray("microsoft.containerregistry.IMAGEDELETED", "Microsoft.ContainerRegistry.ImagePushed");
        Filter["advancedFilters"] = new JsonArray();
        Filter["subjectBeginsWith"] = "";
        Filter["enableAdvancedFilteringOnArrays"] = true;
        Token["scopeMapId"] = ((string)Token["scopeMapId"]!).ToUpperInvariant();
        Token["status"] = "Enabled";

        await AssertFoundAsync();
    }

    [Theory]
    [InlineData("{\"subjectBeginsWith\":\"team/\"}", AzureDifference.Filtered)]
    [InlineData("{\"subjectEndsWith\":\":latest\"}", AzureDifference.Filtered)]
    [InlineData("{\"advancedFilters\":[{\"operatorType\":\"StringContains\",\"key\":\"data.target.tag\",\"values\":[\"v\"]}]}", AzureDifference.Filtered)]
    [InlineData("{\"includedEventTypes\":[\"Microsoft.ContainerRegistry.ImagePushed\"]}", AzureDifference.OtherEvents)]
    [InlineData("{\"includedEventTypes\":[\"Microsoft.ContainerRegistry.ImagePushed\",\"Microsoft.ContainerRegistry.ImageDeleted\",\"Microsoft.ContainerRegistry.ChartPushed\"]}", AzureDifference.OtherEvents)]
    [InlineData("{\"includedEventTypes\":null}", AzureDifference.OtherEvents)]
    public async Task AFilterThatIsNotTheTemplatesDiffers(string change, AzureDifference expected)
    {
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            Filter[name] = value?.DeepClone();
        }

        await AssertFoundAsync(expected);
        await AssertMendedAsync(expected);
    }

    [Fact]
    public async Task AnotherKeyOfTheSameHostIsAnotherEndpointAndNoneIsShown()
    {
        var webhook = (string)Subscription["secret"]!;
        Subscription["secret"] = webhook[..^1] + (webhook[^1] == 'A' ? 'B' : 'A');

        await AssertFoundAsync(AzureDifference.OtherEndpoint);

        await using var db = _rig.Room.Database.CreateDbContext();
        Assert.DoesNotContain(webhook[^20..], System.Text.Json.JsonSerializer.Serialize(await db.Audit.ToListAsync()), StringComparison.Ordinal);
        await AssertMendedAsync(AzureDifference.OtherEndpoint);
        Assert.Equal(webhook, (string?)Subscription["secret"]);
    }

    [Theory]
    [InlineData("StorageQueue", "Succeeded", AzureDifference.OtherEndpoint)]
    [InlineData("WebHook", "AwaitingManualAction", AzureDifference.SubscriptionInactive)]
    [InlineData("WebHook", "Failed", AzureDifference.SubscriptionInactive)]
    public async Task ASubscriptionThatSendsNothingHereDiffers(string kind, string state, AzureDifference expected)
    {
        (Subscription["properties"]!["destination"]!["endpointType"], Subscription["properties"]!["provisioningState"]) = (kind, state);

        await AssertFoundAsync(expected);
        await AssertMendedAsync(expected);
    }

    [Fact]
    public async Task WhatIsGoneIsMadeAgainAndWhereThatTookThePasswordANewOneIsMade()
    {
        _rig.Arm.World.Resources.Remove((string)Subscription["id"]!);
        await AssertFoundAsync(AzureDifference.SubscriptionGone);
        _rig.Arm.World.Resources.Remove((string)Topic["id"]!);
        await AssertFoundAsync(AzureDifference.TopicGone);

        await AssertMendedAsync(AzureDifference.TopicGone);

        await _rig.AssertStoredWorksAsync();
        Assert.Equal("password2", (await RowAsync()).TokenPassword);
    }

    [Fact]
    public async Task AnotherTopicOfTheRegistryIsUsedInstead()
    {
        _rig.Arm.World.Resources.Remove((string)Subscription["id"]!);
        _rig.Arm.World.Resources.Remove((string)Topic["id"]!);
        _rig.Arm.World.AddTopic("of-defender", _rig.TokenId[.._rig.TokenId.IndexOf("/tokens/", StringComparison.Ordinal)]);

        await AssertFoundAsync(AzureDifference.OtherTopic, AzureDifference.SubscriptionGone);
        await AssertMendedAsync(AzureDifference.OtherTopic);

        Assert.Equal(("of-defender", true), ((await RowAsync()).SystemTopic, (await RowAsync()).UsesExistingTopic));
    }

    [Fact]
    public async Task WhereTheIdentitySignsInATopicThatIsGoneIsMadeAgainWithoutAToken()
    {
        Assert.True(await _rig.Room.Tokens.ChooseIdentityAsync(TestActor.Administrator, _rig.Id, default));
        _rig.Arm.World.Resources.Remove(_rig.TokenId);
        _rig.Arm.World.Resources.Remove((string)Subscription["id"]!);
        _rig.Arm.World.Resources.Remove((string)Topic["id"]!);
        await AssertFoundAsync(AzureDifference.TopicGone);

        await AssertMendedAsync(AzureDifference.TopicGone);

        Assert.Null(_rig.Arm.World.Find(_rig.TokenId));
    }

    [Fact]
    public async Task ATokenThatIsGoneIsMadeAgainWithAPasswordThatWorks()
    {
        _rig.Arm.World.Resources.Remove(_rig.TokenId);
        await AssertFoundAsync(AzureDifference.TokenGone);

        await AssertMendedAsync(AzureDifference.TokenGone);

        await _rig.AssertStoredWorksAsync();
    }

    [Theory]
    [InlineData(AzureDifference.TokenDisabled)]
    [InlineData(AzureDifference.OtherScopeMap)]
    public async Task ATokenThatWasChangedIsMendedAndItsPasswordStays(AzureDifference difference)
    {
        if (difference == AzureDifference.TokenDisabled)
        {
            Token["status"] = "disabled";
        }
        else
        {
            Token["scopeMapId"] = ((string)Token["scopeMapId"]!).Replace(AzureNames.ScopeMap, "_repositories_push", StringComparison.Ordinal);
        }

        await AssertFoundAsync(difference);
        await AssertMendedAsync(difference);

        await using var db = _rig.Room.Database.CreateDbContext();
        var line = await db.Audit.SingleAsync(entry => entry.Action == AuditAction.AzureMended);
        Assert.Equal(("ada", "contoso.azurecr.io", difference.ToString()), (line.Name, line.Subject, line.Detail));
        await _rig.AssertStoredWorksAsync(RotationRig.Stored);
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.EndsWith("generateCredentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ATokenThatIsEnabledKeepsWhatItMay()
    {
        var other = ((string)Token["scopeMapId"]!).Replace(AzureNames.ScopeMap, "_repositories_push", StringComparison.Ordinal);
        (Token["status"], Token["scopeMapId"]) = ("disabled", other);

        await _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, AzureDifference.TokenDisabled, default);

        Assert.Equal(("enabled", other), ((string)Token["status"]!, (string)Token["scopeMapId"]!));
    }

    [Theory]
    [InlineData("repositories/*/content/read")]
    [InlineData("repositories/*/metadata/read")]
    public async Task AScopeMapThatDoesNotReadAllRepositoriesIsToldAndNotMendedInVain(string missing)
    {
        _rig.Arm.World.ScopeMapActions = [.. _rig.Arm.World.ScopeMapActions.Where(action => action != missing)];
        await AssertFoundAsync(AzureDifference.NarrowScopeMap);
        _rig.Arm.Calls.Clear();

        var failed = await _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, AzureDifference.NarrowScopeMap, default);

        Assert.Contains("make a token with a scope map that does", failed!.Message, StringComparison.Ordinal);
        Assert.Empty(_rig.Arm.Calls);
    }

    [Fact]
    public async Task WhatAzureDoesNotMendIsToldWithItsRemedy()
    {
        Token["status"] = "disabled";
        await CheckAsync();
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "PATCH", 403);

        var failed = await _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, AzureDifference.TokenDisabled, default);

        Assert.Contains("may not do this", failed!.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Remedy);
        Assert.Equal([AzureDifference.TokenDisabled], (await DetailsAsync()).Watch!.Differences);
    }
}
