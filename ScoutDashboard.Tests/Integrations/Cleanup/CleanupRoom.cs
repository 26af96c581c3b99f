using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>The registry contoso, connected by a deployment to the double of Azure and then removed, unless told otherwise.</summary>
internal sealed class CleanupRoom : IAsyncDisposable
{
    private CleanupRoom(IntegrationRoom room, ArmDouble arm, long id, string registry) => (Room, Arm, Id, Registry) = (room, arm, id, registry);

    public IntegrationRoom Room { get; }

    public ArmDouble Arm { get; }

    public long Id { get; }

    /// <summary>Its resource id.</summary>
    public string Registry { get; }

    public string Topic => $"{Registry[..Registry.IndexOf("/providers/", StringComparison.Ordinal)]}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    public string Subscription => $"{Topic}/eventSubscriptions/{AzureNames.EventSubscription}";

    public string Token => $"{Registry}/tokens/{AzureNames.Token}";

    /// <summary>A service of its own, as a dashboard that was just started has it.</summary>
    public AzureCleanup Cleanup => Room.Cleanup(Arm.Clients(new HastyClock()));

    public static async Task<CleanupRoom> CreateAsync(bool isRemoved = true, string? existingTopic = null)
    {
        var (room, arm) = (await IntegrationRoom.CreateAsync(), await ArmDouble.StartAsync());
        var registry = arm.World.AddRegistry("contoso");
        var id = (await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        if (existingTopic is not null)
        {
            arm.World.AddTopic(existingTopic, registry);
            await room.Integrations.SetTopicAsync(TestActor.Administrator, id, existingTopic, exists: true, default);
        }

        Assert.Equal(DeploymentState.Succeeded, (await room.Deployments(arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, id, default).ToListAsync())[^1].State);
        if (isRemoved)
        {
            await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, default);
        }

        arm.Calls.Clear();
        return new CleanupRoom(room, arm, id, registry);
    }

    public async Task<CleanupPlan> PlanAsync() => Assert.IsType<CleanupPlanOutcome.Seen>(await Cleanup.PlanAsync(TestActor.Administrator, Id, default)).Plan;

    public async Task<List<CleanupProgress>> RunAsync(CleanupPlan plan, params string[] hosts) =>
        await Cleanup.RunAsync(TestActor.Administrator, plan, new CleanupConsent(plan.RegistryName, hosts), default).ToListAsync();

    /// <summary>What exists of what the integration made.</summary>
    public IReadOnlyList<string> Left => [.. new[] { Subscription, Topic, Token }.Where(id => Arm.World.Find(id) is not null).Select(id => id.Split('/')[^1])];

    /// <summary>The reminders with their reasons.</summary>
    public async Task<IReadOnlyList<(string Name, string? Reason)>> RemindersAsync() =>
        [.. (await Room.Removals.ListRemindersAsync(1, default)).Select(task => (task.ResourceName, task.Reason))];

    public async Task<List<AuditEntry>> AuditAsync(AuditAction action)
    {
        await using var db = Room.Database.CreateDbContext();
        return await db.Audit.Where(line => line.Action == action).OrderBy(line => line.Id).ToListAsync();
    }

    /// <summary>The double answers by this status where it says so, and has done nothing.</summary>
    public void Refuse(Func<string, string, bool> isRefused, int status, string code) => Arm.Trouble = async context =>
    {
        if (!isRefused(context.Request.Method, context.Request.Path.Value!))
        {
            return false;
        }

        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($$$"""{"error":{"code":"{{{code}}}","message":"No: {{{code}}}"}}"""));
        return true;
    };

    public async ValueTask DisposeAsync()
    {
        await Arm.DisposeAsync();
        await Room.DisposeAsync();
    }
}
