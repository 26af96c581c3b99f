using System.Net;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Access;

public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void AnAddressOfIPv6CountsWithItsNetwork(string address, string network) => Assert.Equal(network, ClientNetwork.Of(IPAddress.Parse(address)));
}
