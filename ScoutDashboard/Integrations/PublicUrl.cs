using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ScoutDashboard.Integrations;

/// <summary>Configuration key <c>Scout:PublicUrl</c>: the address at which others reach this dashboard.</summary>
public sealed record PublicUrl
{
    private PublicUrl(Uri? address) => Address = address;

    /// <summary>The address with a closing slash, or null where none is configured.</summary>
    public Uri? Address { get; }

    /// <summary>Whether Azure can call: https (Event Grid and the portal take nothing else), and a host that is not plainly private.</summary>
    public bool IsReachableByAzure => Address is { Scheme: "https" } address && !IsPrivate(address);

    /// <summary>The absolute address of a path of this dashboard, or null where Azure can't call it.</summary>
    /// <param name="path">Without a leading slash.</param>
    public string? ForAzure(string path) => IsReachableByAzure ? new Uri(Address!, path).AbsoluteUri : null;

    /// <summary>Throws <see cref="OptionsValidationException"/> where the setting is no address.</summary>
    public static PublicUrl Read(IConfiguration configuration)
    {
        var text = configuration["Scout:PublicUrl"]?.Trim().TrimEnd('/');
        if (string.IsNullOrEmpty(text))
        {
            return new PublicUrl(address: null);
        }

        return TryParse(text, out var address) ? new PublicUrl(address)
            : throw new OptionsValidationException(nameof(PublicUrl), typeof(PublicUrl), ["Scout:PublicUrl is not an address. Give it as https://scout.example.com, or leave it out."]);
    }

    /// <summary>Reads an address with or without a closing slash.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) => Uri.TryCreate(text.Trim().TrimEnd('/') + "/", UriKind.Absolute, out address)
        && address.Scheme is "https" or "http" && address.Query.Length + address.Fragment.Length + address.UserInfo.Length == 0;

    private static bool IsPrivate(Uri address) => address.IsLoopback
        || address.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || address.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IsPrivate(ip));

    // RFC 1918, RFC 3927, RFC 4193.
    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
    }
}
