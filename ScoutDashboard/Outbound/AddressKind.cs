using System.Net;
using System.Net.Sockets;

namespace ScoutDashboard.Outbound;

/// <summary>Where an address leads, the more harmful the higher. Never: link-local, what clouds tell machines their secrets by, and what is no single host at all.</summary>
public enum AddressKind { Public, Private, ThisMachine, Never }

/// <summary>Tells where addresses lead (IANA's registries of special-purpose addresses, RFC 6890), also those that carry another one inside.</summary>
public static class AddressKinds
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] Special =
    [
        (IPNetwork.Parse("10.0.0.0/8"), AddressKind.Private),
        (IPNetwork.Parse("172.16.0.0/12"), AddressKind.Private),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKind.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressKind.Private), // Carrier-grade NAT
        (IPNetwork.Parse("198.18.0.0/15"), AddressKind.Private), // Benchmarks
        (IPNetwork.Parse("fc00::/7"), AddressKind.Private),
        (IPNetwork.Parse("127.0.0.0/8"), AddressKind.ThisMachine),
        (IPNetwork.Parse("::1/128"), AddressKind.ThisMachine),
        (IPNetwork.Parse("0.0.0.0/8"), AddressKind.Never),
        (IPNetwork.Parse("169.254.0.0/16"), AddressKind.Never),
        (IPNetwork.Parse("192.0.0.0/24"), AddressKind.Never), // Oracle's metadata are here, too
        (IPNetwork.Parse("192.0.2.0/24"), AddressKind.Never),
        (IPNetwork.Parse("192.88.99.0/24"), AddressKind.Never), // 6to4 relays
        (IPNetwork.Parse("198.51.100.0/24"), AddressKind.Never),
        (IPNetwork.Parse("203.0.113.0/24"), AddressKind.Never),
        (IPNetwork.Parse("224.0.0.0/3"), AddressKind.Never), // Multicast, reserved, broadcast
        (IPNetwork.Parse("168.63.129.16/32"), AddressKind.Never), // Azure
        (IPNetwork.Parse("100.100.100.200/32"), AddressKind.Never), // Alibaba
        (IPNetwork.Parse("fd00:ec2::254/128"), AddressKind.Never), // AWS
        (IPNetwork.Parse("fd20:ce::254/128"), AddressKind.Never), // Google
        (IPNetwork.Parse("2001::/23"), AddressKind.Never), // Protocols, Teredo among them
        (IPNetwork.Parse("2001:db8::/32"), AddressKind.Never),
        (IPNetwork.Parse("3fff::/20"), AddressKind.Never),
    ];

    // Prefix, and where the IPv4 address lies in it: IPv4-mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
    private static readonly (IPNetwork Network, int At)[] Carriers = [(IPNetwork.Parse("::ffff:0:0/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    // All other IPv6 is local, reserved or not yet given to anybody.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static AddressKind Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Listed(address) ?? AddressKind.Public;
        }

        // A zone ("%eth0") is no part of the address.
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        var carried = Carriers.Where(carrier => carrier.Network.Contains(plain)).Select(carrier => Of(new IPAddress(bytes.AsSpan(carrier.At, 4)))).Cast<AddressKind?>().FirstOrDefault();
        // ISATAP (RFC 5214) carries one in the lower half, whatever the prefix is.
        var tunnelled = bytes.AsSpan(8, 4) is [0 or 2, 0, 0x5e, 0xfe] ? Of(new IPAddress(bytes.AsSpan(12, 4))) : AddressKind.Public;
        var own = Listed(plain) ?? carried ?? (GlobalUnicast.Contains(plain) ? AddressKind.Public : AddressKind.Never);
        return own > tunnelled ? own : tunnelled;
    }

    private static AddressKind? Listed(IPAddress address) => Special.Where(special => special.Network.Contains(address)).Max(special => (AddressKind?)special.Kind);
}
