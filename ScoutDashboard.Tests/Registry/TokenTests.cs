using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary>How long a bearer token is held, and for whom.</summary>
public sealed class TokenTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("""{"token":"t","expires_in":300}""", 269, 271)]
    [InlineData("""{"token":"t"}""", 29, 31)]
    [InlineData("""{"token":"a.!!.c"}""", 29, 31)]
    [InlineData("""{"token":"a.bm9qc29u.c"}""", 29, 31)]
    public async Task ATokenIsHeldUntilHalfAMinuteBeforeItsEnd(string answer, int heldAfter, int askedAnewAfter)
    {
        var azure = Azure(answer);

        await ReadAsync(azure);
        _clock.Advance(TimeSpan.FromSeconds(heldAfter));
        await ReadAsync(azure);
        Assert.Equal(1, Exchanges(azure));

        _clock.Advance(TimeSpan.FromSeconds(askedAnewAfter - heldAfter));
        await ReadAsync(azure);
        Assert.Equal(2, Exchanges(azure));
    }

    [Fact]
    public async Task AzuresTokenSaysItsEndItself()
    {
        var claims = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":{{_clock.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds()}}}"""));
        var azure = Azure($$"""{"access_token":"h.{{claims}}.s"}""");

        await ReadAsync(azure);
        _clock.Advance(TimeSpan.FromMinutes(9));
        await ReadAsync(azure);
        Assert.Equal(1, Exchanges(azure));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync(azure);
        Assert.Equal(2, Exchanges(azure));
    }

    [Fact]
    public async Task AnotherPasswordGetsNoTokenThatIsHeld()
    {
        var azure = Azure("""{"token":"t","expires_in":300}""");
        await ReadAsync(azure);
        azure.Token = _ => FakeNetwork.Json("{}", HttpStatusCode.Unauthorized);

        var other = azure.Access with { Credentials = new RegistryCredentials("docker-scout-readonly-token", TestSecrets.Of("wrong registry token")) };

        Assert.Equal(RegistryError.Unauthorized, (await FakeAzure.RefusedAsync(() => azure.Client.GetManifestAsync(other, "team/app", "1.0", CancellationToken.None))).Error);
    }

    [Fact]
    public async Task ATokenForOneRepositoryIsNotUsedForAnother()
    {
        var azure = Azure("""{"token":"t","expires_in":300}""");
        azure.Answers["/v2/team/other/manifests/1.0"] = () => FakeNetwork.Bytes(FakeAzure.Manifest());

        await ReadAsync(azure);
        await azure.Client.GetManifestAsync(azure.Access, "team/other", "1.0", CancellationToken.None);

        Assert.Contains(azure.Network.Requests, request => request.Address.EndsWith("?service=contoso.azurecr.io&scope=repository%3Ateam%2Fother%3Apull", StringComparison.Ordinal));
    }

    private FakeAzure Azure(string token)
    {
        var azure = new FakeAzure(clock: _clock) { Token = _ => FakeNetwork.Json(token) };
        azure.Answers["/v2/team/app/manifests/1.0"] = () => FakeNetwork.Bytes(FakeAzure.Manifest());
        return azure;
    }

    private static Task<Manifest> ReadAsync(FakeAzure azure) => azure.Client.GetManifestAsync(azure.Access, "team/app", "1.0", CancellationToken.None);

    private static int Exchanges(FakeAzure azure) => azure.Network.Requests.Count(request => request.Address.Contains("/oauth2/token", StringComparison.Ordinal));
}
