using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>What in Azure is no longer as the template made it is found, and nothing else; and it is mended.</summary>
public sealed class AzureWatchTests : IAsyncLifetime
{
    private RotationRig _rig = null!;

    private JsonObject Topic => _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.EventGrid/systemTopics");

    private JsonObject Subscription => _rig.Arm.World.Resources.Values.Single(item => (string?)item["type"] == "Microsoft.EventGrid/systemTopics/eventSubscriptions");

    private JsonNode Filter => Subscription["properties"]!["filter"]!;

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
    [InlineData("/systemTopics", 403)]
    [InlineData("/systemTopics", 500)]
    [InlineData("/image-change", 403)]
    [InlineData("/getFullUrl", 403)]
    [InlineData("/docker-scout-readonly-token", 403)]
    [InlineData("/scopeMaps/_repositories_pull_metadata_read", 401)]
    public async Task WhatCouldNotBeAskedIsNeitherGoneNorUnchanged(string path, int status)
    {
        await AssertFoundAsync();
        _rig.Arm.Trouble = context => RefuseAsync(context, path, status);

        await CheckAsync();

        var watch = (await DetailsAsync()).Watch!;
        Assert.Empty(watch.Differences);
        Assert.NotNull(watch.Failure);
        Assert.NotEmpty(watch.Remedy);
        Assert.Equal(NeedKind.UnknownInAzure, Assert.Single(await NeedsAsync()).Kind);
        var listed = Assert.Single(await _rig.Room.Integrations.ListAsync(1, default));
        Assert.Equal((false, true), (listed.IsChanged, listed.IsUnknown));
        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await AssertFoundAsync();
        Assert.Empty(await NeedsAsync());
    }

    [Fact]
    public async Task WhatCouldBeAskedIsToldBesideWhatCouldNot()
    {
        Token["status"] = "disabled";
        _rig.Arm.Trouble = context => RefuseAsync(context, "/systemTopics", 403);

        await CheckAsync();

        var watch = (await DetailsAsync()).Watch!;
        Assert.Equal([AzureDifference.TokenDisabled], watch.Differences);
        Assert.NotNull(watch.Failure);
        Assert.Equal(NeedKind.ChangedInAzure, Assert.Single(await NeedsAsync()).Kind);
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

    [Fact]
    public async Task WithoutAPublicAddressNoEventsAreExpected()
    {
        await using var rig = await RotationRig.StartAsync(publicUrl: null);
        await rig.StoreAsync("password1", null);

        await rig.Room.Watch(rig.Clients).CheckAsync(TestActor.Administrator, rig.Id, default);

        // The page says so: what was not looked at is not unchanged.
        Assert.Equal((false, true), (rig.Room.Watch(rig.Clients).LooksAtEvents, _rig.Room.Watch(_rig.Clients).LooksAtEvents));
        Assert.Empty((await rig.Room.Integrations.FindAsync(1, rig.Id, default))!.Watch!.Differences);
    }

    [Fact]
    public async Task ItIsAskedOnceADayByOneOfAllReplicas()
    {
        await _rig.Room.WatchDueAsync(_rig.Clients);
        var calls = _rig.Arm.Calls.Count;
        Assert.True(calls > 0);
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Equal(calls, _rig.Arm.Calls.Count);

        _rig.Room.Clock.Advance(TimeSpan.FromDays(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _rig.Room.Watch(_rig.Clients).CheckDueAsync(_rig.Id, default)));
        Assert.Equal(2, _rig.Arm.Calls.Count(call => call.Call.EndsWith("getFullUrl", StringComparison.Ordinal)));
        Assert.Equal(_rig.Room.Clock.GetUtcNow().UtcDateTime, (await RowAsync()).WatchedAt);
    }

    [Fact]
    public async Task OfARegistryThatWasTypedItsPlaceIsFoundOnceTheIdentitySeesIt()
    {
        var id = await _rig.Room.ConnectAsync("fabrikam-e7ggejfuhzhgedc8.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Null((await _rig.Room.RowAsync(id)).AzureSubscription);
        Assert.Null((await _rig.Room.Integrations.FindAsync(1, id, default))!.Watch);

        _rig.Arm.World.AddRegistry("fabrikam", "rg7", "swedencentral", loginServer: "fabrikam-e7ggejfuhzhgedc8.azurecr.io");
        await _rig.Room.WatchDueAsync(_rig.Clients);
        Assert.Null((await _rig.Room.RowAsync(id)).AzureSubscription);
        _rig.Room.Clock.Advance(TimeSpan.FromDays(1));
        await _rig.Room.WatchDueAsync(_rig.Clients);

        var row = await _rig.Room.RowAsync(id);
        Assert.Equal((ArmWorld.First, "rg7", "swedencentral", "TopicGone,TokenGone"), (row.AzureSubscription!.Value, row.ResourceGroup, row.Location, row.Differences));
    }

    [Fact]
    public async Task WithoutAnIdentityNothingIsAskedAndNothingIsTold()
    {
        await _rig.Room.WatchDueAsync();

        Assert.Null((await RowAsync()).WatchedAt);
        Assert.NotNull(await _rig.Room.Mend().MendAsync(TestActor.Administrator, _rig.Id, AzureDifference.TokenGone, default));
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        await _rig.Room.Deployments(_rig.Clients).RunAsync(TestActor.Administrator, _rig.Id, default).LastAsync();
        _rig.Arm.World.SetPassword(_rig.Arm.World.Find(_rig.TokenId)!, "password1", RotationRig.Stored);
        await _rig.Room.Tokens.StoreAsync(TestActor.Administrator, _rig.Id, _rig.Room.Host("contoso.azurecr.io"), AzureNames.Token, RotationRig.Stored, null, "password1", default);
        _rig.Arm.Calls.Clear();
    }

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private JsonNode Token => _rig.Arm.World.Find(_rig.TokenId)!["properties"]!;

    private Task<Integration> RowAsync() => _rig.Room.RowAsync(_rig.Id);

    private async Task<IntegrationDetails> DetailsAsync() => (await _rig.Room.Integrations.FindAsync(1, _rig.Id, default))!;

    private Task<IReadOnlyList<Need>> NeedsAsync() => new NeedsReport(_rig.Room.Database, _rig.Room.Clock).ListAsync(1, default);

    private Task CheckAsync() => _rig.Room.Watch(_rig.Clients).CheckAsync(TestActor.Administrator, _rig.Id, default);

    private async Task AssertFoundAsync(params AzureDifference[] expected)
    {
        await CheckAsync();
        var watch = (await DetailsAsync()).Watch!;
        Assert.Equal(expected, watch.Differences);
        Assert.Null(watch.Failure);
    }

    private async Task AssertMendedAsync(AzureDifference difference)
    {
        Assert.Null(await _rig.Room.Mend(_rig.Clients).MendAsync(TestActor.Administrator, _rig.Id, difference, default));
        Assert.Empty((await DetailsAsync()).Watch!.Differences);
    }

    private static async Task<bool> RefuseAsync(HttpContext context, string path, int status)
    {
        if (!context.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsync("""{"error":{"code":"Refused","message":"No."}}""");
        return true;
    }
}
