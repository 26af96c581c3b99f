using Microsoft.AspNetCore.Http;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure status</c>, and what all verbs have in common.</summary>
public sealed class AzureStatusTests : AzureShellTest
{
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
        Assert.Equal((3, $"{Head}{Events}  token docker-scout-readonly-token: missing\n  The token docker-scout-readonly-token is gone: the registry can't be read.\n", ""), Told(missing));
        Assert.Equal(3, refused.ExitCode);
        Assert.StartsWith($"{Head}  Azure could not be asked for all of it. ", refused.Output, StringComparison.Ordinal);
        Assert.Equal((0, Head), (unasked.ExitCode, unasked.Output));
        Assert.StartsWith("Azure was not asked.", unasked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASubscriptionThatSomebodyNamedOtherwiseIsThereUnderItsName()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        var webhook = (string)World.Find($"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}")!["secret"]!;
        World.Resources.Remove($"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}");
        World.AddSubscription(Topic, "added-in-the-portal", webhook);

        var run = await _rig.RunAsync("status");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("  event subscription added-in-the-portal: there\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(AzureNames.EventSubscription, run.Output, StringComparison.Ordinal);
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

    [Fact]
    public async Task ATopicOfAnotherResourceIsNotThereAndOneElsewhereIs()
    {
        await _rig.RunAsync("connect", "contoso", "--yes", "--expires", "30");
        World.Find(Topic)!["properties"]!["source"] = World.AddRegistry("fabrikam");
        var others = await _rig.RunAsync("status");
        var webhook = (string)World.Find($"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}")!["secret"]!;
        World.AddSubscription(World.AddTopic("of-defender", _registry, "rg7"), AzureNames.EventSubscription, webhook);
        var elsewhere = await _rig.RunAsync("status");

        Assert.Equal(3, others.ExitCode);
        Assert.Contains("event subscription image-change: missing The topic docker-scout-repository is of another resource", others.Output, StringComparison.Ordinal);
        Assert.Contains("system topic docker-scout-repository: missing It is of another resource", others.Output, StringComparison.Ordinal);
        Assert.Contains("  event subscription image-change: there\n  system topic of-defender: there\n  token docker-scout-readonly-token: there\n", elsewhere.Output, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.ExitCode);
    }
}
