using System.Net;
using System.Net.Sockets;

namespace ScoutDashboard.Registry;

/// <summary>Connects to addresses that a registry can have. A name is resolved here and that very address is used, so that it can't change after the check.</summary>
public sealed class AddressRules(HostRules hosts)
{
    // Where clouds tell machines their secrets: Azure, AWS and others by link-local addresses, and these two.
    private static readonly IPAddress[] CloudServices = [IPAddress.Parse("168.63.129.16"), IPAddress.Parse("fd00:ec2::254")];

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var request = context.InitialRequestMessage.RequestUri!;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        // Another host than the request's is the proxy that the administrator set.
        if (target.Host.Trim('[', ']').Equals(request.IdnHost, StringComparison.OrdinalIgnoreCase) && addresses.FirstOrDefault(address => !IsFit(address, hosts.IsAllowed(request))) is { } unfit)
        {
            throw new RegistryException(RegistryError.UntrustedRedirect, $"{target.Host} leads to {unfit}, where no registry is; it was not connected.");
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

    /// <summary>Private networks are fit (Private Link); this machine only for a host that the administrator listed; link-local and cloud services never.</summary>
    public static bool IsFit(IPAddress address, bool isListed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain))
        {
            return isListed;
        }

        return !CloudServices.Contains(plain) && (plain.AddressFamily == AddressFamily.InterNetwork ? IsFitV4(plain.GetAddressBytes())
            : !plain.IsIPv6LinkLocal && !plain.IsIPv6Multicast && !plain.Equals(IPAddress.IPv6Any));
    }

    // 0/8 is this host, 169.254/16 link-local, 224/4 multicast, 240/4 reserved and broadcast.
    private static bool IsFitV4(byte[] parts) => parts[0] is not 0 and < 224 && (parts[0], parts[1]) is not (169, 254);
}
