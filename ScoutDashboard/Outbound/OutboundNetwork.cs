using System.Net;

namespace ScoutDashboard.Outbound;

/// <summary>What lies between us and other hosts: names, the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), and which networks are allowed.</summary>
public sealed class OutboundNetwork(OutboundOptions options)
{
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    public IWebProxy Proxy { get; init; } = HttpClient.DefaultProxy;

    public OutboundOptions Options => options;

    /// <summary>The proxy's address for a request, or null where it goes straight.</summary>
    public Uri? ProxyOf(Uri request) => Proxy.IsBypassed(request) ? null : Proxy.GetProxy(request);
}
