using ScoutDashboard.Azure;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>A registry that the dashboard's identity sees, added and not deployed yet.</summary>
internal sealed class DeploymentRig : IAsyncDisposable
{
    private DeploymentRig(IntegrationRoom room, ArmDouble arm, long id) => (Room, Arm, Registry, Id) = (room, arm, arm.World.AddRegistry("contoso"), id);

    public IntegrationRoom Room { get; }
    public ArmDouble Arm { get; }

    /// <summary>Its id in Azure.</summary>
    public string Registry { get; }

    public long Id { get; }
    public ArmClients Clients => Arm.Clients(new HastyClock());

    public static async Task<DeploymentRig> StartAsync(string? publicUrl = "https://scout.example.com")
    {
        var room = await IntegrationRoom.CreateAsync(publicUrl: publicUrl);
        var added = await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default);
        return new DeploymentRig(room, await ArmDouble.StartAsync(), added.IntegrationId);
    }

    public async ValueTask DisposeAsync()
    {
        await Arm.DisposeAsync();
        await Room.DisposeAsync();
    }
}
