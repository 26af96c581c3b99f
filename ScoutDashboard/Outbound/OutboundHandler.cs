using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ScoutDashboard.Images;

namespace ScoutDashboard.Outbound;

/// <summary>
/// The only way out: https, to public addresses, unless the rule lists the host. A name is resolved here and that very address is connected, so that it can't change
/// after the check. It follows no redirect, keeps no cookie and unpacks nothing. Behind a proxy it is the proxy that resolves names: then only addresses in figures are checked.
/// </summary>
public sealed class OutboundHandler : DelegatingHandler
{
    private readonly OutboundNetwork _network;
    private readonly OutboundRule _rule;

    public OutboundHandler(OutboundNetwork network, OutboundRule rule)
    {
        ArgumentNullException.ThrowIfNull(network);
        (_network, _rule) = (network, rule);
        InnerHandler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            Proxy = network.Proxy,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 32,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
        };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Refusal(request.RequestUri!) is { } refusal)
        {
            throw new HttpRequestException(refusal.Message, refusal);
        }

        return base.SendAsync(request, cancellationToken);
    }

    // What can be told without asking for the name; behind a proxy nothing else is.
    private OutboundException? Refusal(Uri address)
    {
        if (address.UserInfo.Length > 0)
        {
            return new OutboundException($"{Shown(address.Host)} was not connected: its address brings a user name.");
        }

        if (address.Scheme != Uri.UriSchemeHttps && (address.Scheme != Uri.UriSchemeHttp || !_rule.IsListed(address)))
        {
            return new OutboundException($"{Shown(address.Host)} was not connected: it would be read over plain {address.Scheme}. {_rule.Remedy}");
        }

        return IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var figures) ? Refusal(figures, address) : null;
    }

    private OutboundException? Refusal(IPAddress address, Uri request) => AddressKinds.Of(address) switch
    {
        AddressKind.Public => null,
        AddressKind.Never => new OutboundException($"{Shown(request.Host)} leads to {address}, where no such server can be; it was not connected."),
        var kind => _rule.IsListed(request) || _network.Options.Allows(address) ? null
            : new OutboundException($"{Shown(request.Host)} leads to {address}, {(kind == AddressKind.ThisMachine ? "this machine" : "a private network")}; it was not connected. {_rule.Remedy}"),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var addresses = await _network.Resolve(target.Host, cancellationToken);
        if (!IsProxy(target, context.InitialRequestMessage) && addresses.Select(address => Refusal(address, context.InitialRequestMessage.RequestUri!)).FirstOrDefault(refusal => refusal is not null) is { } unfit)
        {
            throw unfit;
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    // The handler's own CONNECT names the proxy; other requests name the host that the proxy asks for them.
    private bool IsProxy(DnsEndPoint target, HttpRequestMessage request) => request.Method == HttpMethod.Connect
        || (_network.ProxyOf(request.RequestUri!) is { } proxy && proxy.IdnHost.Equals(target.Host, StringComparison.OrdinalIgnoreCase) && proxy.Port == target.Port);

    private static string Shown(string host) => DisplayText.Sanitise(host, 253);
}
