using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>Each of these changes leaves its one line: who did what to which registry or repository, from where.</summary>
public sealed class AuditedChangesTests
{
    [Fact]
    public async Task OfARegistry()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        await using (var db = room.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.State, IntegrationState.WaitingForDeployment));
        }

        Assert.Equal("DeploymentConfirmed by ada from 192.0.2.7: contoso.azurecr.io ", await AddedAsync(room.Database, () => room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, default)));
        // There is nothing to confirm any more.
        Assert.Equal("", await AddedAsync(room.Database, () => room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, default)));
        Assert.Equal("TopicChanged by ada from 192.0.2.7: contoso.azurecr.io our-topic", await AddedAsync(room.Database, () => room.Integrations.SetTopicAsync(TestActor.Administrator, id, "our-topic", true, default)));
        Assert.Equal("TokenExpirySet by ada from 192.0.2.7: contoso.azurecr.io docker-scout-readonly-token, expires on 2027-01-31",
            await AddedAsync(room.Database, () => room.Tokens.SetExpiryAsync(TestActor.Administrator, id, new DateOnly(2027, 1, 31), default)));
        Assert.Equal("ConnectionTested by ada from 192.0.2.7: contoso.azurecr.io ", await AddedAsync(room.Database, () => room.Tokens.MarkTestedAsync(TestActor.Administrator, id, default)));
    }

    [Fact]
    public async Task OfATemplateWhichHoldsTheWebhooksKeyAlsoForWhoOnlyHasItsAddress()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        var key = (await room.Planner.ShowAsync(TestActor.Administrator, id, default))!.TemplatePath.Split('/')[2];

        Assert.Equal("TemplateDownloaded by  from 198.51.100.7: contoso.azurecr.io ", await AddedAsync(room.Database, async () => Assert.NotNull(await room.Planner.FindTemplateAsync(key, "198.51.100.7", default))));
        Assert.Equal("", await AddedAsync(room.Database, async () => Assert.Null(await room.Planner.FindTemplateAsync(UrlKey.Create(), "198.51.100.7", default))));
    }

    [Fact]
    public async Task OfRotationsThatAreSetAndOfOneThatFailed()
    {
        await using var rig = await RotationRig.StartAsync();
        await rig.StoreAsync("password1", RotationRig.Today.AddDays(20));
        Assert.Equal("TokenRotationSet by ada from 192.0.2.7: contoso.azurecr.io 30 days before", await AddedAsync(rig.Room.Database, () => rig.Room.RotationSettings.SetAsync(TestActor.Administrator, rig.Id, 30, default)));
        rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "POST", 403);

        var line = await AddedAsync(rig.Room.Database, () => rig.DueAsync(hours: 0));

        Assert.StartsWith("TokenRotationFailed by ", line, StringComparison.Ordinal);
        Assert.Contains(": contoso.azurecr.io ", line, StringComparison.Ordinal);
        Assert.Contains("may not do this", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfARepositoryAndItsAnalyses()
    {
        await using var rig = await JobRig.CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        var (first, second) = (await rig.Database.AddRepositoryAsync("team/one", enabled: false), await rig.Database.AddRepositoryAsync("team/two", enabled: false));

        Assert.Equal(
            "RepositoryEnabled by eve from 192.0.2.7: contoso.azurecr.io/team/one \nRepositoryEnabled by eve from 192.0.2.7: contoso.azurecr.io/team/two ",
            await AddedAsync(rig.Database, () => service.EnableAsync(TestActor.Editor, [first, second, rig.RepositoryId], default)));
        Assert.Equal("RepositoryDisabled by eve from 192.0.2.7: contoso.azurecr.io/team/two ", await AddedAsync(rig.Database, () => service.DisableAsync(TestActor.Editor, [second], default)));
        await using (var db = rig.Database.CreateDbContext())
        {
            await db.Jobs.ExecuteDeleteAsync();
            db.Add(new AnalysisJob { RepositoryId = first, Tag = "v1", State = JobState.Failed, CreatedAt = JobRig.Start, FinishedAt = JobRig.Start });
            await db.SaveChangesAsync();
        }

        var failed = Assert.Single(await rig.JobsAsync()).Id;
        Assert.Equal("AnalysisRequested by eve from 192.0.2.7: contoso.azurecr.io/team/one v1", await AddedAsync(rig.Database, () => rig.Queue.TryAgainAsync(TestActor.Editor, failed, default)));
        // It is queued already.
        Assert.Equal("", await AddedAsync(rig.Database, () => rig.Queue.TryAgainAsync(TestActor.Editor, failed, default)));
    }

    // The lines that something adds, in their order.
    private static async Task<string> AddedAsync(TestDatabase database, Func<Task> change)
    {
        await using var db = database.CreateDbContext();
        var before = await db.Audit.CountAsync();
        await change();
        return string.Join('\n', (await db.Audit.OrderBy(e => e.Id).Skip(before).ToListAsync()).Select(e => $"{e.Action} by {e.Name} from {e.Address}: {e.Subject} {e.Detail}"));
    }
}
