using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Advisories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Outbound;

/// <summary>Registry and feeds go out by the one way, as the application registers them.</summary>
public sealed class PurposeTests
{
    [Theory]
    [InlineData("127.0.0.1", "this machine")]
    [InlineData("10.1.2.3", "a private network")]
    [InlineData("169.254.169.254", "no such server")]
    public async Task ARegistryWhoseNameLeadsInsideGetsNoPassword(string address, string reason)
    {
        await using var services = Services(new() { }, address);
        RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname);

        var refused = await Assert.ThrowsAsync<RegistryException>(() => services.GetRequiredService<RegistryClient>()
            .CheckTokenAsync(new RegistryAccess(hostname!, new RegistryCredentials("token", TestSecrets.Of("registry token"))), CancellationToken.None));

        Assert.Equal(RegistryError.UntrustedAddress, refused.Error);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsTransient);
    }

    [Theory]
    [InlineData("contoso.azurecr.io")]
    [InlineData("https://contoso.azurecr.io")]
    public async Task ARegistryThatTheOperatorListedMayHaveAPrivateAddress(string listed)
    {
        await using var services = Services(new() { ["Registries:AllowedHosts"] = listed }, "127.0.0.1");
        RegistryHostname.TryParse("contoso.azurecr.io", [listed], out var hostname);

        // Nothing listens there, but it was tried.
        Assert.Equal(RegistryError.ConnectionRefused, (await Assert.ThrowsAsync<RegistryException>(() => services.GetRequiredService<RegistryClient>().CheckEndpointAsync(hostname!, CancellationToken.None))).Error);
    }

    [Theory]
    [InlineData("https://127.0.0.1:{0}/x", "this machine")]
    [InlineData("https://0x7f000001:{0}/x", "this machine")]
    [InlineData("https://inside.example:{0}/x", "this machine")]
    [InlineData("https://10.1.2.3/x", "a private network")]
    [InlineData("https://[::ffff:169.254.169.254]/latest", "no such server")]
    [InlineData("https://ada:pass@store.example/x", "is none")]
    [InlineData("http://127.0.0.1:{0}/x", "no https address")]
    [InlineData("ftp://store.example/x", "no https address")]
    public async Task AMirrorCanNotSendUsInside(string target, string reason)
    {
        await using var inside = new LineServer();
        await using var second = new LineServer(Redirect(string.Format(System.Globalization.CultureInfo.InvariantCulture, target, inside.Port)));
        await using var mirror = new LineServer(Redirect($"http://127.0.0.1:{second.Port}/hop"));
        // The second is named, too, so that the chain gets as far as its last hop.
        await using var services = Services(new() { ["Advisories:Source"] = $"http://127.0.0.1:{mirror.Port}/osv", ["Advisories:PlainHosts:0"] = $"127.0.0.1:{second.Port}" }, "127.0.0.1");

        var refused = await Assert.ThrowsAsync<FeedException>(() => services.GetRequiredService<FeedSource>().OpenAsync(FakeBucket.Archive("npm"), null, CancellationToken.None));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", refused.Message, StringComparison.Ordinal);
        Assert.Equal("GET /hop HTTP/1.1", Assert.Single(second.Lines));
        Assert.Empty(inside.Lines);
    }

    [Fact]
    public async Task TheMirrorThatTheOperatorNamedMayBeOnThisMachineAndThePublicBucketMayNot()
    {
        await using var mirror = new LineServer();
        await using var services = Services(new() { ["Advisories:Source"] = $"http://mirror.example:{mirror.Port}/osv" }, "127.0.0.1");
        using (var archive = await services.GetRequiredService<FeedSource>().OpenAsync(FakeBucket.Archive("npm"), null, CancellationToken.None))
        {
            Assert.Equal(2, archive!.Content.Length);
        }

        await using var usual = Services(new() { }, "127.0.0.1");
        var refused = await Assert.ThrowsAsync<FeedException>(() => usual.GetRequiredService<FeedSource>().OpenAsync(FakeBucket.Archive("npm"), null, CancellationToken.None));
        Assert.Contains("this machine", refused.Message, StringComparison.Ordinal);
    }

    private static string Redirect(string target) => $"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    // Every name leads to one address.
    private static ServiceProvider Services(Dictionary<string, string?> settings, string address)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddSingleton(new OutboundNetwork(new OutboundOptions()) { Proxy = new WebProxy(), Resolve = (host, _) => Task.FromResult<IPAddress[]>([IPAddress.TryParse(host, out var figures) ? figures : IPAddress.Parse(address)]) })
            .AddScoutRegistry(configuration).AddScoutAdvisories(configuration).BuildServiceProvider();
    }
}
