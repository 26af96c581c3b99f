using System.Net;
using ScoutDashboard.Outbound;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Outbound;

/// <summary>The way out over real sockets: what is never connected, and that nothing moves between check and connection.</summary>
public sealed class OutboundHandlerTests
{
    private readonly List<string> _asked = [];

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://127.0x0.00.1/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://１２７。０。０。１/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://169.254.169.254/metadata/identity")]
    [InlineData("https://0xa9fea9fe/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://0/")]
    [InlineData("https://10.1.2.3/")]
    public async Task AnAddressInFiguresIsKnownInAnyNotationAlsoBehindAProxy(string address)
    {
        await using var proxy = new LineServer();
        foreach (var network in new[] { Network([]), Network([], new WebProxy($"http://127.0.0.1:{proxy.Port}")) })
        {
            Assert.Contains("it was not connected", await RefusedAsync(network, address), StringComparison.Ordinal);
        }

        Assert.Empty(proxy.Lines);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("20.61.97.129,127.0.0.1")]
    public async Task ANameThatLeadsInsideIsNotConnected(string addresses) =>
        Assert.Contains("store.example leads to", await RefusedAsync(Network([addresses]), "https://store.example/"), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://user:secret@store.example/")]
    [InlineData("https://store.example@127.0.0.1/")]
    [InlineData("http://store.example/")]
    [InlineData("http://listed.example:8080/")]
    public async Task UserNamesAndPlainHttpAreRefusedBeforeAnythingIsAsked(string address)
    {
        var refusal = await RefusedAsync(Network([]), address, uri => uri is { Scheme: "https", Host: "listed.example" });

        Assert.DoesNotContain("secret", refusal, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task TheAddressThatWasCheckedIsTheOneThatIsConnectedAndEachConnectionIsCheckedAnew()
    {
        await using var server = new LineServer();
        // No DNS knows this name: whoever resolves it a second time finds nothing.
        var network = Network(["127.0.0.1", "169.254.169.254"]);
        using var client = Client(network, uri => uri.Host == "rebind.example");
        var address = new Uri($"http://rebind.example:{server.Port}/a");

        Assert.Equal("ok", await client.GetStringAsync(address));
        Assert.Equal(["rebind.example"], _asked);

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(address));
        Assert.Contains("169.254.169.254", Assert.IsType<OutboundException>(refused.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal("GET /a HTTP/1.1", Assert.Single(server.Lines));
    }

    [Fact]
    public async Task ANetworkThatIsAllowedMayBeConnectedByAnyHost()
    {
        await using var server = new LineServer();
        var address = $"https://store.example:{server.Port}/";

        Assert.Contains("this machine", await RefusedAsync(Network(["127.0.0.1"]), address), StringComparison.Ordinal);
        Assert.Empty(server.Lines);

        using var client = Client(Network(["127.0.0.1"], allowed: "127.0.0.0/8"), _ => false);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(address));
        Assert.Equal(HttpRequestError.SecureConnectionError, failure.HttpRequestError); // It speaks no TLS, but it was reached.
    }

    [Fact]
    public async Task AllowedNetworksNeverOpenTheWayToACloudsMetadata() => Assert.Contains(
        "no such server", await RefusedAsync(Network(["169.254.169.254"], allowed: "169.254.0.0/16"), "https://store.example/", _ => true), StringComparison.Ordinal);

    [Fact]
    public async Task ARedirectIsGivenBackNotFollowed()
    {
        await using var server = new LineServer("HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = Client(Network(["127.0.0.1", "127.0.0.1"]), _ => true);

        using var answer = await client.GetAsync(new Uri($"http://listed.example:{server.Port}/a"));

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Single(server.Lines);
    }

    [Fact]
    public async Task HeadersWithoutEndAreNotRead()
    {
        await using var server = new LineServer($"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Range(0, 1000).Select(n => $"X-{n}: {new string('x', 100)}\r\n"))}\r\n");
        using var client = Client(Network(["127.0.0.1"]), _ => true);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://listed.example:{server.Port}/")));

        Assert.Equal(HttpRequestError.ConfigurationLimitExceeded, failure.HttpRequestError);
    }

    [Fact]
    public async Task BehindAProxyOnlyTheProxyIsResolvedWhereverItIs()
    {
        await using var proxy = new LineServer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var network = Network(["127.0.0.1", "127.0.0.1"], new WebProxy($"http://proxy.corp:{proxy.Port}"));
        using var client = Client(network, uri => uri.Host == "listed.example");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://store.example/secret?sig=1")));
        using var plain = await client.GetAsync(new Uri("http://listed.example/b"));

        Assert.Equal(["CONNECT store.example:443 HTTP/1.1", "GET http://listed.example/b HTTP/1.1"], proxy.Lines);
        Assert.Equal(["proxy.corp", "proxy.corp"], _asked);
    }

    [Fact]
    public async Task AHostThatPassesTheProxyByIsCheckedAsWithoutOne() => Assert.Contains(
        "a private network", await RefusedAsync(Network(["10.1.2.3"], new WebProxy("http://proxy.corp:3128", BypassOnLocal: false, ["store\\.example"])), "https://store.example/"), StringComparison.Ordinal);

    private static async Task<string> RefusedAsync(OutboundNetwork network, string address, Func<Uri, bool>? isListed = null)
    {
        using var client = Client(network, isListed ?? (_ => false));
        return Assert.IsType<OutboundException>((await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(address)))).InnerException).Message;
    }

    private static HttpClient Client(OutboundNetwork network, Func<Uri, bool> isListed) => new(new OutboundHandler(network, new OutboundRule(isListed, "Ask the operator.")));

    // Each question gets the next answer; one too many fails.
    private OutboundNetwork Network(string[] answers, IWebProxy? proxy = null, string? allowed = null)
    {
        var waiting = new Queue<string>(answers);
        return new OutboundNetwork(new OutboundOptions { AllowedNetworks = allowed is null ? [] : [IPNetwork.Parse(allowed)] })
        {
            Proxy = proxy ?? new WebProxy(),
            Resolve = (host, _) =>
            {
                _asked.Add(host);
                return Task.FromResult<IPAddress[]>([.. waiting.Dequeue().Split(',').Select(IPAddress.Parse)]);
            },
        };
    }
}
