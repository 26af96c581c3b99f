using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

public sealed class RemovalServiceTests
{
    [Fact]
    public async Task RemovingErasesTheTokenAndKeepsTheKeyHashByWhichEventsAreRefused()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        var hash = (await room.RowAsync(id)).WebhookKeyHash;
        Assert.True(await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None));

        var row = await room.RowAsync(id);
        Assert.Equal((IntegrationState.Removed, null, null, (DateTime?)room.Clock.GetUtcNow().UtcDateTime), (row.State, row.ProtectedToken, row.ActiveHostname, row.RemovedAt));
        Assert.Equal(("", ""), (row.ProtectedWebhookKey, row.ProtectedTemplateKey));
        Assert.Equal(hash, row.WebhookKeyHash);
        Assert.Null(await room.Accesses.FindAsync(id, CancellationToken.None));
        Assert.Null(await room.Integrations.FindAsync(1, id, CancellationToken.None));
        Assert.Empty(await room.Integrations.ListAsync(1, CancellationToken.None));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task ResultsStayOrGoAsChosen(bool erase, int left)
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        var repository = await room.Database.AddRepositoryAsync("team/app");
        await using (var db = room.Database.CreateDbContext())
        {
            db.Images.Add(new Image { RepositoryId = repository, Digest = "sha256:" + new string('a', 64) });
            await db.SaveChangesAsync();
        }

        await room.Removals.RemoveAsync(TestActor.Administrator, id, erase, CancellationToken.None);
        await using var after = room.Database.CreateDbContext();
        Assert.Equal(left, await after.Repositories.CountAsync(r => r.IntegrationId == id));
        Assert.Equal(left, await after.Images.CountAsync());
        Assert.False(await after.Repositories.AnyAsync(r => r.Enabled));
    }

    [Fact]
    public async Task QueuedJobsAreCancelledAndOthersLeftAlone()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        var mine = await room.Database.AddRepositoryAsync("team/app");
        await room.ConnectAsync("fabrikam.azurecr.io");
        var other = await room.Database.AddRepositoryAsync("team/app", hostname: "fabrikam.azurecr.io");
        await using (var db = room.Database.CreateDbContext())
        {
            db.Jobs.AddRange(Job(mine, JobState.Queued, "1"), Job(mine, JobState.Running, "2"), Job(mine, JobState.Succeeded, null), Job(other, JobState.Queued, "3"));
            await db.SaveChangesAsync();
        }

        await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None);
        await using var after = room.Database.CreateDbContext();
        Assert.Equal([(JobState.Cancelled, null), (JobState.Running, "2"), (JobState.Succeeded, null), (JobState.Queued, "3")],
            (await after.Jobs.OrderBy(j => j.Id).ToListAsync()).Select(j => (j.State, j.ActiveKey)));

        static AnalysisJob Job(long repository, JobState state, string? key) => new() { RepositoryId = repository, State = state, ActiveKey = key };
    }

    [Fact]
    public async Task AnAzureRegistryLeavesRemindersThatGoOneByOne()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        await room.Removals.RemoveAsync(TestActor.Administrator, await room.ConnectAsync("contoso.azurecr.io"), eraseResults: true, CancellationToken.None);
        var tasks = await room.Removals.ListRemindersAsync(1, CancellationToken.None);
        Assert.Equal([(CleanupKind.RegistryToken, "docker-scout-readonly-token"), (CleanupKind.SystemTopic, "docker-scout-repository")], tasks.Select(t => (t.Kind, t.ResourceName)));

        await room.Removals.TickOffAsync(TestActor.Stranger, tasks[0].Id, CancellationToken.None);
        Assert.Equal(2, (await room.Removals.ListRemindersAsync(1, CancellationToken.None)).Count);
        await room.Removals.TickOffAsync(TestActor.Administrator, tasks[0].Id, CancellationToken.None);
        Assert.Equal([tasks[1].Id], (await room.Removals.ListRemindersAsync(1, CancellationToken.None)).Select(t => t.Id));
    }

    [Fact]
    public async Task ATopicThatWasThereBeforeIsNotToBeDeletedOnlyItsSubscription()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        Assert.True(await room.Integrations.SetTopicAsync(TestActor.Administrator, id, "defender-topic", exists: true, CancellationToken.None));
        await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: true, CancellationToken.None);
        var task = (await room.Removals.ListRemindersAsync(1, CancellationToken.None))[1];
        Assert.Equal((CleanupKind.EventSubscription, "defender-topic/image-change"), (task.Kind, task.ResourceName));
        Assert.Equal("az eventgrid system-topic event-subscription delete --resource-group RESOURCE_GROUP --system-topic-name defender-topic --name image-change --yes",
            AzureCommands.Delete(task.Kind, "contoso", task.ResourceName));
    }

    [Fact]
    public async Task APrivateRegistryLeavesNothingInAzure()
    {
        await using var room = await IntegrationRoom.CreateAsync(allowedHosts: "http://localhost:5000");
        await room.Removals.RemoveAsync(TestActor.Administrator, await room.ConnectAsync("localhost:5000"), eraseResults: true, CancellationToken.None);
        Assert.Empty(await room.Removals.ListRemindersAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task RemovingTwiceAddsNoSecondReminders()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        Assert.True(await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None));
        Assert.False(await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None));
        Assert.Equal(2, (await room.Removals.ListRemindersAsync(1, CancellationToken.None)).Count);
    }
}
