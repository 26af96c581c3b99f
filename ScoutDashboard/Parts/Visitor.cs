using System.Globalization;
using System.Net;
using System.Security.Claims;
using ScoutDashboard.Images;

namespace ScoutDashboard.Parts;

/// <summary>What the claims of a signed-in user and the request say about who is there.</summary>
public static class Visitor
{
    /// <summary>Claim type of the session's id.</summary>
    public const string SessionClaim = "scout:session";

    /// <summary>Claim type of the IP address that the request, or the open page, comes from.</summary>
    public const string AddressClaim = "scout:address";

    public static Actor ActorOf(ClaimsPrincipal user) => new(
        OrganizationOf(user), user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", user.FindFirstValue(SessionClaim) ?? "", user.Identity?.Name ?? "", user.FindFirstValue(AddressClaim) ?? "");

    /// <summary>The organization's id, 0 for a stranger.</summary>
    public static int OrganizationOf(ClaimsPrincipal user) =>
        int.TryParse(user.FindFirstValue(ScoutPage.OrganizationClaim), CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>The IP address as it is written down, empty where there is none; trusted proxies are resolved before.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? Text(address) : "";

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
