using System.Net;
using System.Text.Json.Nodes;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed class PublishedProgramTests
{
    [RootFact("unshare", "setpriv", "chroot", "mount")]
    public async Task WhatTheRecipeBuildsRunsWithoutRootAndWritesNowhereButInItsDataFolder()
    {
        await using var program = new PublishedProgram();
        await program.BuildAsync();

        Assert.Equal(1, (await program.AskHealthAsync()).ExitCode);
        await program.StartAsync();

        Assert.Equal((0, "{\"status\":\"live\"}\n"), await program.AskHealthAsync());
        var (exitCode, health) = await program.RunAsync("dotnet", "ScoutDashboard.dll", "health");
        Assert.True(exitCode == 0, health);
        using var client = new HttpClient { BaseAddress = program.Address };
        using var page = new HttpRequestMessage(HttpMethod.Get, "sign-in") { Headers = { Host = "scout.example.com" } };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(page)).StatusCode);
        Assert.All(await Task.WhenAll(client.GetAsync("app.css"), client.GetAsync("_framework/blazor.web.js"), client.GetAsync("_content/MudBlazor/MudBlazor.min.css")), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        // Nothing but itself is written, and nobody else may read it.
        Assert.Equal(["keys", "lock", "scout.db", "scout.db-shm", "scout.db-wal"], new DirectoryInfo(program.DataFolder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("warn:", program.Output.Replace("Any host name is answered", "", StringComparison.Ordinal).Replace("warn: ScoutDashboard[0]", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await HoldsWhatIsShippedAndNothingThatIsOnlyForBuildingAsync(program);
        Assert.Equal(0, await program.StopAsync());
    }

    private static async Task HoldsWhatIsShippedAndNothingThatIsOnlyForBuildingAsync(PublishedProgram program)
    {
        var (exitCode, text) = await program.RunAsync("dotnet", "ScoutDashboard.dll", "sbom");

        Assert.Equal(0, exitCode);
        var names = JsonNode.Parse(text)!["components"]!.AsArray().Select(component => (string)component!["name"]!).ToHashSet();
        var packages = LockedPackages.Read();
        Assert.Empty(packages.Where(package => !package.IsShipped && names.Contains(package.Name)).Select(package => package.Name));
        Assert.Contains("Markdig", names);
        Assert.True(File.Exists(Path.Combine(program.AppFolder, "Licences/THIRD-PARTY-NOTICES.md")));
        Assert.False(File.Exists(Path.Combine(program.AppFolder, "Dockerfile")));
    }
}
