using System.Net;
using System.Net.Sockets;

namespace ScoutDashboard.Images;

/// <summary>Who counts as one visitor where visitors are limited: an IPv4 address, or a /64 of IPv6, of which even a household has whole ones to change within (RFC 6177).</summary>
public static class ClientNetwork
{
    /// <summary>Empty where there is no address.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork ? plain.ToString() : $"{new IPAddress([.. plain.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0])}/64";
    }
}
