using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>What the wizard and the page of integrations do in Azure, done from a shell.</summary>
public sealed class AzureCommandTests : IAsyncLifetime
{
    private AzureShellRig _rig = null!;
    private string _registry = "";

    private ArmWorld World => _rig.Arm.World;

    private string Group => _registry[.._registry.IndexOf("/providers/", StringComparison.Ordinal)];

    private string Topic => $"{Group}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    private string Token => $"{_registry}/tokens/{AzureNames.Token}";

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
        Assert.All(audit, line => Assert.Equal((Environment.UserName, null, "", "contoso.azurecr.io"), (line.Name, line.AccountId, line.Address, line.Subject)));
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
    public async Task OfSeveralOfOneNameNoneIsRemovedUntilTheHostnameIsGiven()
    {
        World.Find(_registry)!["properties"]!["loginServer"] = "contoso-b1c2d3e4f5a6b7c8.azurecr.io";
        await _rig.RunAsync("connect", "contoso", "--yes");
        World.Find(_registry)!["properties"]!["loginServer"] = "contoso.azurecr.io";
        await _rig.RunAsync("connect", "contoso", "--yes");
        Assert.Equal(2, (await _rig.Integrations.ListAsync(1, default)).Count);

        var run = await _rig.RunAsync("remove", "contoso", "--yes");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Several have this name; give the hostname: contoso", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _rig.Integrations.ListAsync(1, default)).Count);
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
    }

    [Fact]
    public async Task StatusTellsWhatIsThereAndWhatIsMissing()
    {
        Assert.Equal((0, "", "No registry is connected.\n"), Told(await _rig.RunAsync("status")));
        await _rig.RunAsync("connect", "contoso", "--yes", "--expires", "30");

        var good = await _rig.RunAsync("status");
        World.Resources.Remove(Token);
        var missing = await _rig.RunAsync("status");
        Refuse(HttpMethods.Get, "");
        var refused = await _rig.RunAsync("status");
        var unasked = await _rig.RunAsync("", ["status"], hasIdentity: false);

        const string Head = "contoso.azurecr.io: Connected, token until 2026-12-24\n";
        const string Events = "  event subscription image-change: there\n  system topic docker-scout-repository: there\n";
        Assert.Equal((0, $"{Head}{Events}  token docker-scout-readonly-token: there\n", ""), Told(good));
        Assert.Equal((3, $"{Head}{Events}  token docker-scout-readonly-token: missing\n", ""), Told(missing));
        Assert.Equal(3, refused.ExitCode);
        Assert.StartsWith($"{Head}  Azure could not be asked.", refused.Output, StringComparison.Ordinal);
        Assert.Equal((0, Head), (unasked.ExitCode, unasked.Output));
        Assert.StartsWith("Azure was not asked.", unasked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemoveTellsThePlanAsksForTheNameAndLeavesNothing()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        const string Plan = "Delete: event subscription image-change\nDelete: system topic docker-scout-repository\nDelete: token docker-scout-readonly-token\n";

        Assert.Equal((0, Plan, "contoso.azurecr.io is removed from the dashboard, too.\nNothing was done.\n"), Told(await _rig.RunAsync("remove", "contoso", "--what-if", "--yes")));
        Assert.Equal(1, (await _rig.RunAsync("yes\n", ["remove", "contoso"])).ExitCode);
        Assert.NotNull(World.Find(Token));
        Assert.Single(await _rig.Integrations.ListAsync(1, default));

        var run = await _rig.RunAsync("contoso\n", ["remove", "contoso.azurecr.io"]);

        Assert.Equal((0, $"{Plan}contoso: nothing is left.\n"), (run.ExitCode, run.Output));
        Assert.DoesNotContain(World.Resources.Keys, id => id.Contains("/tokens/", StringComparison.Ordinal) || id.Contains("systemTopics", StringComparison.Ordinal));
        Assert.Empty(await _rig.Integrations.ListAsync(1, default));
        await using var db = _rig.Database();
        Assert.All(await db.CleanupTasks.ToListAsync(), task => Assert.NotNull(task.DoneAt));
        Assert.Equal(1, (await _rig.RunAsync("remove", "contoso", "--yes")).ExitCode);
    }

    [Fact]
    public async Task WhatIsLeftIsToldByStatusAndRemovedNextTime()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        Refuse(HttpMethods.Delete, AzureNames.Token);
        var refused = await _rig.RunAsync("remove", "contoso", "--yes");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("contoso.azurecr.io: removed; left in Azure: docker-scout-readonly-token (The dashboard's identity may not do this (403).", (await _rig.RunAsync("status")).Output, StringComparison.Ordinal);

        _rig.Arm.Trouble = _ => Task.FromResult(false);

        Assert.Equal((0, "contoso: nothing is left."), (await _rig.RunAsync("remove", "contoso", "--yes")) is var run ? (run.ExitCode, run.Output.Trim().Split('\n')[^1]) : default);
        Assert.Equal((0, "", "No registry is connected.\n"), Told(await _rig.RunAsync("status")));
    }

    [Fact]
    public async Task WhatSendsToAnotherHostIsOnlyRemovedWhenThatIsNamed()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        World.AddSubscription(Topic, AzureNames.EventSubscription, "https://other.example.net/webhooks/eventgrid/key");

        var left = await _rig.RunAsync("remove", "contoso", "--yes");
        Assert.Equal(3, left.ExitCode);
        Assert.Contains("only deleted with --also other.example.net", left.Error, StringComparison.Ordinal);
        Assert.NotNull(World.Find(Token));

        Assert.Equal(0, (await _rig.RunAsync("remove", "contoso", "--yes", "--also", "other.example.net")).ExitCode);
        Assert.Null(World.Find(Topic));
    }

    [Fact]
    public async Task AzureThatCannotBeAskedKeepsTheRegistryConnected()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        Refuse(HttpMethods.Get, "");

        Assert.Equal(3, (await _rig.RunAsync("remove", "contoso", "--yes")).ExitCode);
        Assert.Single(await _rig.Integrations.ListAsync(1, default));
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("connect", "contoso", "--expires", "0")]
    [InlineData("connect", "contoso", "--expires", "soon")]
    [InlineData("remove")]
    [InlineData("remove", "fabrikam", "--yes")]
    [InlineData("status", "contoso")]
    public async Task WrongUsageDoesNothing(params string[] arguments)
    {
        Assert.Equal(1, (await _rig.RunAsync(arguments)).ExitCode);
        Assert.Equal([_registry], World.Resources.Keys);
    }

    [Fact]
    public async Task APasswordMayBeMadeForEver()
    {
        Assert.Equal(0, (await _rig.RunAsync("connect", "contoso", "--yes", "--expires", "never")).ExitCode);

        await using var db = _rig.Database();
        Assert.Null((await db.Integrations.SingleAsync()).TokenExpiresOn);
    }

    [Fact]
    public async Task TheBuiltProgramTellsThatItHasNoIdentityAndWhatItKnows()
    {
        await _rig.RunAsync("connect", "contoso", "--yes", "--expires", "30");
        var settings = new Dictionary<string, string> { ["Scout__DataDirectory"] = _rig.DataDirectory };

        var connect = await ShellRun.RunAsync(_rig.DataDirectory, settings, "azure", "connect", "contoso", "--yes");
        var remove = await ShellRun.RunAsync(_rig.DataDirectory, settings, "azure", "remove", "contoso", "--yes");
        var status = await ShellRun.RunAsync(_rig.DataDirectory, settings, "azure", "status");
        var early = await ShellRun.RunAsync(_rig.DataDirectory, new Dictionary<string, string>(), "azure", "status");

        Assert.All([connect, remove], run => Assert.Equal((1, "", "The dashboard has no identity in Azure: set Azure__Identity as for the dashboard.\n"), Told(run)));
        Assert.Equal((0, "contoso.azurecr.io: Connected, token until 2026-12-24\n"), (status.ExitCode, status.Output));
        Assert.Equal(1, early.ExitCode);
        Assert.StartsWith("There is no database", early.Error, StringComparison.Ordinal);
        Assert.Single(await _rig.Integrations.ListAsync(1, default));
    }

    [Fact]
    public void OnlyVerbsActWithoutAMember() => Assert.Equal(
        ["AzureCommand.cs"],
        Directory.EnumerateFiles(Path.Combine(BuildFacts.Repository, "ScoutDashboard"), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("Actor.FromShell(", StringComparison.Ordinal)).Select(Path.GetFileName));

    public async Task InitializeAsync()
    {
        _rig = await AzureShellRig.CreateAsync();
        _registry = World.AddRegistry("contoso");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private static (int ExitCode, string Output, string Error) Told(ShellRun run) => (run.ExitCode, run.Output, run.Error);

    private void Refuse(string method, string end) => _rig.Arm.Trouble = async context =>
    {
        if (context.Request.Method != method || !context.Request.Path.Value!.EndsWith(end, StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = 403;
        await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}""");
        return true;
    };
}
