using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.Cli;

/// <summary><c>azure remove</c> deletes what it told, and what fails stays to be told.</summary>
public sealed class AzureRemoveTests : AzureShellTest
{
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

    [Fact]
    public async Task ADatabaseThatFailsOnceSomethingIsDeletedIsNoWrongUsage()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        await using var db = _rig.Database();
        _rig.Arm.Trouble = async context =>
        {
            if (HttpMethods.IsDelete(context.Request.Method))
            {
                await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS CleanupTasks");
            }

            return false;
        };

        var run = await _rig.RunAsync("remove", "contoso", "--yes");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("What was done stays.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseThatFailsBeforeAnythingIsDoneSaysThatNothingIs()
    {
        await _rig.RunAsync("connect", "contoso", "--yes");
        await using var db = _rig.Database();
        await db.Database.ExecuteSqlRawAsync("DROP TABLE CleanupTasks");

        Assert.Equal(1, (await _rig.RunAsync("remove", "contoso", "--yes")).ExitCode);
        Assert.NotNull(World.Find(Token));
    }
}
