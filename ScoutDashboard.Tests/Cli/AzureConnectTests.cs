using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure connect</c> does what the wizard does, and no part of it twice.</summary>
public sealed class AzureConnectTests : AzureShellTest
{
    [Theory]
    [InlineData("contoso")]
    [InlineData("Contoso.azurecr.io")]
    public async Task ConnectDeploysMakesThePasswordTestsAndStoresItAndNeverTellsIt(string registry)
    {
        var run = await _rig.RunAsync("connect", registry, "--yes", "--expires", "30");

        Assert.Equal((0, "Create: system topic docker-scout-repository\nCreate: event subscription image-change\nCreate: token docker-scout-readonly-token\ncontoso.azurecr.io is connected.\n"),
            (run.ExitCode, run.Output));
        Assert.All(["Rights: Passed.", "token docker-scout-readonly-token: Succeeded.", "Token: Passed.", "Store: Passed."], text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("generated-", run.Output + run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        var row = await db.Integrations.SingleAsync();
        Assert.Equal((IntegrationState.Connected, new DateOnly(2026, 12, 24), "rg1"), (row.State, row.TokenExpiresOn, row.ResourceGroup));
        var audit = await db.Audit.OrderBy(line => line.Id).ToListAsync();
        Assert.All(audit, line => Assert.Equal((Environment.UserName, null, "shell", "contoso.azurecr.io"), (line.Name, line.AccountId, line.Address, line.Subject)));
        Assert.All([AuditAction.IntegrationAdded, AuditAction.DeploymentStarted, AuditAction.TokenIssued, AuditAction.TokenStored], action => Assert.Contains(audit, line => line.Action == action));
        Assert.NotNull(World.Find(Token));
    }

    [Fact]
    public async Task WhatIfTellsTheSameAndLeavesNothing()
    {
        var run = await _rig.RunAsync("connect", "contoso", "--what-if", "--yes");

        Assert.Equal((0, 3), (run.ExitCode, run.Output.Trim().Split('\n').Length));
        Assert.EndsWith("Nothing was done.\n", run.Error, StringComparison.Ordinal);
        Assert.Equal([_registry], World.Resources.Keys);
        await using var db = _rig.Database();
        Assert.Empty(await db.Integrations.ToListAsync());
        Assert.Empty(await db.Audit.ToListAsync());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("y\n", 1)]
    [InlineData("YES\n", 0)]
    public async Task ConnectAsksUnlessToldNotTo(string typed, int code)
    {
        var run = await _rig.RunAsync(typed, ["connect", "contoso"]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains("Connect contoso.azurecr.io by this, in the resource group rg1 of Production?", run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        Assert.Equal(1 - code, await db.Integrations.CountAsync());
    }

    [Fact]
    public async Task ConnectingAgainMakesNoSecondPasswordNorIntegration()
    {
        Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);
        var again = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal(0, again.ExitCode);
        Assert.Single(_rig.Arm.Calls, call => call.Call.EndsWith("/generateCredentials", StringComparison.Ordinal));
        await using var db = _rig.Database();
        Assert.Single(await db.Integrations.ToListAsync());
    }

    [Fact]
    public async Task ConnectingAgainWhileTheRegistryCanNotBeTestedEndsNoPassword()
    {
        Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);
        _rig.Acr.Catalog = () => AcrDouble.Error(System.Net.HttpStatusCode.ServiceUnavailable, "busy");

        Assert.Equal(3, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);
        var last = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal(3, last.ExitCode);
        Assert.Contains("could not be tested, and stays", last.Error, StringComparison.Ordinal);
        Assert.Single(_rig.Arm.Calls, call => call.Call.EndsWith("/generateCredentials", StringComparison.Ordinal));
        await using var db = _rig.Database();
        Assert.Equal("password1", (await db.Integrations.SingleAsync()).TokenPassword);
    }

    [Fact]
    public async Task OfARegistryThatHasATopicOnlyASubscriptionIsAdded()
    {
        World.AddTopic("of-defender", _registry);

        var run = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the registry has the system topic of-defender already", run.Error, StringComparison.Ordinal);
        Assert.NotNull(World.Find($"{Topic.Replace(AzureNames.SystemTopic, "of-defender", StringComparison.Ordinal)}/eventSubscriptions/{AzureNames.EventSubscription}"));
        Assert.Null(World.Find(Topic));
    }

    [Fact]
    public async Task AlsoWhereItsTopicLiesInAnotherResourceGroupOnlyASubscriptionIsAdded()
    {
        var topic = World.AddTopic("of-defender", _registry, "security");

        var run = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal((0, "Create: event subscription image-change At the topic of-defender in the resource group security.\nCreate: token docker-scout-readonly-token\ncontoso.azurecr.io is connected.\n"), (run.ExitCode, run.Output));
        Assert.StartsWith("https://scout.example.com/webhooks/eventgrid/", (string?)World.Find($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}")!["secret"], StringComparison.Ordinal);
        Assert.Single(World.Below($"/subscriptions/{ArmWorld.First}", "Microsoft.EventGrid/systemTopics"));
        await using var db = _rig.Database();
        Assert.Equal(("of-defender", true), await db.Integrations.Select(i => ValueTuple.Create(i.SystemTopic, i.UsesExistingTopic)).SingleAsync());
    }

    [Fact]
    public async Task WhatWouldFailIsToldBeforeAnythingIsDone()
    {
        World.Providers["Microsoft.EventGrid"] = "NotRegistered";

        var run = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Provider: Failed. Microsoft.EventGrid is not registered", run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        Assert.Empty(await db.Integrations.ToListAsync());
    }

    [Fact]
    public async Task WhatWouldTakeFromOthersIsNotDoneAndToldWithTheCommandsThatSettleIt()
    {
        var own = World.AddSubscription(World.AddTopic(AzureNames.SystemTopic, _registry), AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key");

        var run = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal((3, (string?)"https://api.scout.docker.com/hooks/acr/some-key"), (run.ExitCode, (string?)own["secret"]));
        Assert.Contains("EventSubscription: Taken.", run.Error, StringComparison.Ordinal);
        Assert.Contains("\naz eventgrid system-topic event-subscription delete ", run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        Assert.Empty(await db.Integrations.ToListAsync());
    }

    [Fact]
    public async Task ARegistryThatIsNotSeenOrNotOneIsNotGuessed()
    {
        World.AddRegistry("Contoso", "rg2", loginServer: "contoso-e7ggejfuhzhgedc8.azurecr.io");

        var unknown = await _rig.RunAsync("connect", "fabrikam", "--yes");
        var several = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal((1, 1), (unknown.ExitCode, several.ExitCode));
        Assert.Contains("sees no registry fabrikam among 2 in 1 subscriptions", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("contoso-e7ggejfuhzhgedc8.azurecr.io", several.Error, StringComparison.Ordinal);
        Assert.Equal(2, World.Resources.Count);
    }

    [Fact]
    public async Task WhatAzureRefusesIsGoneOnWithNextTime()
    {
        Refuse(HttpMethods.Put, "");
        var refused = await _rig.RunAsync("connect", "contoso", "--yes");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("Give the dashboard's identity the role", refused.Error, StringComparison.Ordinal);

        Refuse(HttpMethods.Post, "/generateCredentials");
        Assert.Equal(3, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes")).ExitCode);
        await using var db = _rig.Database();
        Assert.Equal(IntegrationState.Connected, (await db.Integrations.SingleAsync()).State);
    }

    [Fact]
    public async Task APasswordThatDoesNotWorkIsNotStored()
    {
        _rig.Acr.Token = () => AcrDouble.Error(System.Net.HttpStatusCode.Unauthorized, "invalid username/password");

        var run = await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Equal((3, false), (run.ExitCode, run.Output.Contains("is connected", StringComparison.Ordinal)));
        await using var db = _rig.Database();
        Assert.Null((await db.Integrations.SingleAsync()).ProtectedToken);
        Assert.Contains("Nothing was stored. The password that was made is ended again.", run.Error, StringComparison.Ordinal);
        Assert.Empty(World.Find(Token)!["properties"]!["credentials"]!["passwords"]!.AsArray());
    }

    [Fact]
    public async Task APasswordMayBeMadeForEverAndIsWarnedOfBeforeThePersonAgrees()
    {
        var run = await _rig.RunAsync("yes\n", ["connect", "contoso", "--expires", "never"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("A password that never ends also works for whoever steals it, until you disable the token.\nConnect contoso.azurecr.io by this", run.Error, StringComparison.Ordinal);
        await using var db = _rig.Database();
        Assert.Null((await db.Integrations.SingleAsync()).TokenExpiresOn);
    }

    [Fact]
    public async Task ThatAPasswordMayBeMadeForEverIsWarnedOfOnlyAsFarAsItMayBe()
    {
        const string Warning = "A password that never ends";
        const string Conditional = "A password is made only if the registry refuses the token that is stored. " + Warning;
        await _rig.RunAsync("connect", "contoso", "--yes");

        Assert.Contains(Conditional, (await ConnectForEverAsync()).Error, StringComparison.Ordinal);
        await _rig.RunAsync("connect", "contoso", "--yes", "--passwordless");
        Assert.DoesNotContain(Warning, (await ConnectForEverAsync()).Error, StringComparison.Ordinal);
        var back = await ConnectForEverAsync("--token");
        Assert.Contains(Warning, back.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Conditional, back.Error, StringComparison.Ordinal);

        Task<ShellRun> ConnectForEverAsync(params string[] options) => _rig.RunAsync(["connect", "contoso", "--yes", "--expires", "never", .. options]);
    }
}
