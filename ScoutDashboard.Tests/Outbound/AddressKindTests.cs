using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Tests.Outbound;

/// <summary>Where addresses lead, whatever they are wrapped in.</summary>
public sealed class AddressKindTests
{
    [Theory]
    [InlineData("20.61.97.129")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2603:1020::1")]
    [InlineData("2001:200::1")]
    [InlineData("::ffff:20.61.97.129")]
    [InlineData("64:ff9b::20.61.97.129")]
    [InlineData("2002:143d:6181::1")]
    public void PublicOnes(string address) => Assert.Equal(AddressKind.Public, Kind(address));

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("198.19.255.255")]
    [InlineData("fd12::1")]
    [InlineData("fc00::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::192.168.0.1")]
    [InlineData("2002:a01:203::1")]
    [InlineData("2603:1020::5efe:10.1.2.3")]
    [InlineData("2603:1020::200:5efe:10.1.2.3")]
    public void PrivateNetworks(string address) => Assert.Equal(AddressKind.Private, Kind(address));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    public void ThisMachine(string address) => Assert.Equal(AddressKind.ThisMachine, Kind(address));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.1.1")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::20.61.97.129")]
    [InlineData("::ffff:0:20.61.97.129")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:168.63.129.16")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("2603:1020::5efe:169.254.169.254")]
    public void PlacesWhereNoServerOfOursCanBe(string address) => Assert.Equal(AddressKind.Never, Kind(address));

    [Theory]
    [InlineData("10.1.0.0/16, fd12::/16", "10.1.255.255", true)]
    [InlineData("10.1.0.0/16, fd12::/16", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.0.0/16, fd12::/16", "10.2.0.0", false)]
    [InlineData("10.1.0.0/16, fd12::/16", "fd12::1", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    public void ANetworkIsAllowedAsWritten(string networks, string address, bool allowed) => Assert.Equal(allowed, Read(networks).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1.0.0/33")]
    [InlineData("my-network")]
    public void WhatIsNoNetworkKeepsTheDashboardFromStarting(string text) =>
        Assert.Contains(text, Assert.Throws<OptionsValidationException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static AddressKind Kind(string address) => AddressKinds.Of(IPAddress.Parse(address));

    private static OutboundOptions Read(string networks) =>
        OutboundOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Outbound:AllowedNetworks", networks)]).Build());
}
