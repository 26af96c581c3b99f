using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

public sealed class RegistryAccessProviderTests
{
    [Fact]
    public async Task AConnectedRegistryGivesItsHostNameAndPassword()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var access = await room.Accesses.FindAsync(await room.ConnectAsync("contoso.azurecr.io", TestSecrets.Of("registry token")), CancellationToken.None);
        Assert.Equal(("contoso.azurecr.io", "docker-scout-readonly-token", TestSecrets.Of("registry token")), (access!.Hostname.Value, access.Credentials.UserName, access.Credentials.Password));
    }

    [Fact]
    public async Task ARegistryThatWaitsForItsTokenGivesNoAccess()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        Assert.Null(await room.Accesses.FindAsync(await room.AddAsync("contoso.azurecr.io"), CancellationToken.None));
    }

    [Fact]
    public async Task ATokenThatCannotBeOpenedIsSaidAndNotTakenForNone()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        await using (var db = room.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.ProtectedToken, "closed with keys that are gone"));
        }

        Assert.Null(await room.Accesses.FindAsync(id, CancellationToken.None));
        var row = await room.RowAsync(id);
        Assert.Equal(IntegrationState.Error, row.State);
        Assert.Contains("keys", row.StateReason, StringComparison.Ordinal);
    }

    public static TheoryData<RegistryError, bool> Errors()
    {
        RegistryError[] lasting = [RegistryError.NoIdentity, RegistryError.Unauthorized, RegistryError.TokenDisabled, RegistryError.CatalogDenied, RegistryError.PullDenied,
            RegistryError.HostNotFound, RegistryError.Tls, RegistryError.NotARegistry, RegistryError.UntrustedRealm];
        var data = new TheoryData<RegistryError, bool>();
        foreach (var error in Enum.GetValues<RegistryError>())
        {
            data.Add(error, lasting.Contains(error));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task OnlyFaultsThatNeedSomeoneMakeAnError(RegistryError error, bool lasting)
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        await room.Accesses.ReportAsync(id, new RegistryException(error, "It does not work."), CancellationToken.None);
        var row = await room.RowAsync(id);
        Assert.Equal(lasting ? (IntegrationState.Error, "It does not work.") : (IntegrationState.Connected, null), (row.State, row.StateReason));
    }

    [Fact]
    public async Task AnAnswerMendsTheError()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        await room.Accesses.ReportAsync(id, new RegistryException(RegistryError.Unauthorized, "No."), CancellationToken.None);
        await room.Accesses.ReportAsync(id, null, CancellationToken.None);
        var row = await room.RowAsync(id);
        Assert.Equal((IntegrationState.Connected, null), (row.State, row.StateReason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AReportThatComesLateChangesNeitherAWaitingNorARemovedRegistry(bool removed)
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        if (removed)
        {
            await room.Removals.RemoveAsync(TestActor.Administrator, id, eraseResults: false, CancellationToken.None);
        }

        var before = (await room.RowAsync(id)).State;
        await room.Accesses.ReportAsync(id, new RegistryException(RegistryError.Unauthorized, "No."), CancellationToken.None);
        await room.Accesses.ReportAsync(id, null, CancellationToken.None);
        Assert.Equal(before, (await room.RowAsync(id)).State);
    }
}
