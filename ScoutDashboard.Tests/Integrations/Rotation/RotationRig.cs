using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Azure;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Rotation;

/// <summary>A registry whose token lives in Azure's double: the registry's own double lets in whoever has a password that is alive there.</summary>
internal sealed class RotationRig : IAsyncDisposable
{
    public static readonly string Stored = TestSecrets.New("registry token");

    private RotationRig(IntegrationRoom room, ArmDouble arm, AcrDouble acr, string tokenId, JsonObject token, long id) => (Room, Arm, Acr, TokenId, Token, Id) = (room, arm, acr, tokenId, token, id);

    public static DateOnly Today => new(2026, 11, 24);

    public IntegrationRoom Room { get; }
    public ArmDouble Arm { get; }
    public AcrDouble Acr { get; }
    public string TokenId { get; }
    public JsonObject Token { get; }
    public long Id { get; }
    public ArmClients Clients => Arm.Clients(new HastyClock());

    /// <summary>Those that the token has, with their ends.</summary>
    public SortedDictionary<string, string?> Passwords =>
        new(Token["properties"]!["credentials"]!["passwords"]!.AsArray().ToDictionary(item => (string)item!["name"]!, item => (string?)item!["expiry"]));

    public static async Task<RotationRig> StartAsync(string? publicUrl = "https://scout.example.com")
    {
        var acr = new AcrDouble();
        var room = await IntegrationRoom.CreateAsync(publicUrl: publicUrl, network: acr);
        var arm = await ArmDouble.StartAsync();
        var tokenId = $"{arm.World.AddRegistry("contoso")}/tokens/{AzureNames.Token}";
        var token = ArmRoutes.MakeToken(arm.World, tokenId, "Succeeded");
        acr.Accepts = password => arm.World.Accepts(tokenId, password);
        var added = await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default);
        return new RotationRig(room, arm, acr, tokenId, token, added.IntegrationId);
    }

    /// <summary>Refuses each call of a method.</summary>
    public static async Task<bool> RefuseAsync(HttpContext context, string method, int status)
    {
        if (context.Request.Method != method)
        {
            return false;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsync("""{"error":{"code":"Refused","message":"No."}}""");
        return true;
    }

    /// <summary>Gives the token a password of this name, which is stored.</summary>
    public async Task StoreAsync(string name, DateOnly? expiresOn, bool pasted = false)
    {
        Arm.World.SetPassword(Token, name, Stored);
        Assert.True(await Room.Tokens.StoreAsync(TestActor.Administrator, Id, Room.Host("contoso.azurecr.io"), AzureNames.Token, Stored, expiresOn, pasted ? null : name, default));
    }

    /// <summary>Has all made that the template makes, and a password of that token stored.</summary>
    public async Task DeployAsync()
    {
        await Room.Deployments(Clients).RunAsync(TestActor.Administrator, Id, default).LastAsync();
        Arm.World.SetPassword(Arm.World.Find(TokenId)!, "password1", Stored);
        await Room.Tokens.StoreAsync(TestActor.Administrator, Id, Room.Host("contoso.azurecr.io"), AzureNames.Token, Stored, null, "password1", default);
        Arm.Calls.Clear();
    }

    public Task<bool> PasteAsync(string password) => Room.Tokens.StoreAsync(TestActor.Administrator, Id, Room.Host("contoso.azurecr.io"), AzureNames.Token, password, null, default);

    /// <summary>The steps as they ended.</summary>
    public async Task<List<ConnectionStep>> RotateAsync(DateOnly? expiresOn = null, string? inUse = null) =>
        [.. (await Room.Rotation(Clients).RotateAsync(TestActor.Administrator, Id, expiresOn, inUse, default).ToListAsync()).Where(step => step.State != ConnectionStepState.Running)];

    /// <summary>The last step of a rotation during which something else happens, just before the switch.</summary>
    public async Task<ConnectionStep> RotateWhileAsync(Func<Task> meanwhile)
    {
        ConnectionStep? last = null;
        await foreach (var step in Room.Rotation(Clients).RotateAsync(TestActor.Administrator, Id, null, null, default))
        {
            last = step;
            if (step is { Stage: ConnectionStage.Manifest, State: ConnectionStepState.Passed })
            {
                await meanwhile();
            }
        }

        return last!;
    }

    /// <summary>Does what is due so many hours later.</summary>
    public async Task DueAsync(double hours)
    {
        Room.Clock.Advance(TimeSpan.FromHours(hours));
        Arm.World.Now = Room.Clock.GetUtcNow();
        await Room.RotateDueAsync(Clients);
    }

    public async Task AssertStoredWorksAsync(string? expected = null)
    {
        var password = (await Room.Accesses.FindAsync(Id, default))!.Credentials.Password;
        Assert.True(Arm.World.Accepts(TokenId, password));
        Assert.Equal(expected ?? password, password);
    }

    public async ValueTask DisposeAsync()
    {
        await Arm.DisposeAsync();
        await Room.DisposeAsync();
        Acr.Dispose();
    }
}
