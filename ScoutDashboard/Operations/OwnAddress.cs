using System.Net;

namespace ScoutDashboard.Operations;

/// <summary>Where the dashboard listens, as a program on the same machine reaches it.</summary>
public static class OwnAddress
{
    /// <summary>Where nothing else is configured.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>By a number, since such an address is answered whatever names <c>AllowedHosts</c> lists; plain http if there is any. Null where it listens by no TCP port.</summary>
    public static Uri? Of(IConfiguration configuration)
    {
        var configured = configuration[WebHostDefaults.ServerUrlsKey] is { } urls && !string.IsNullOrWhiteSpace(urls) ? urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        return (configured is [] ? [Default] : configured).Select(Reach).OfType<Uri>().OrderBy(address => address.Scheme, StringComparer.Ordinal).FirstOrDefault();
    }

    // Kestrel takes every name that is no address of a machine for all of its addresses; "http://+:80" is no URI.
    private static Uri? Reach(string listening)
    {
        var address = BindingAddress.Parse(listening);
        return address.IsUnixPipe || address.IsNamedPipe ? null : new UriBuilder(address.Scheme, HostOf(address.Host), address.Port).Uri;
    }

    private static string HostOf(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? host : "127.0.0.1";
}
