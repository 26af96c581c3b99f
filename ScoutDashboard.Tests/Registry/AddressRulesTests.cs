using System.Net;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Registry;

/// <summary>Which addresses a registry can have.</summary>
public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("20.61.97.129")]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.1.1")]
    [InlineData("fd12::1")]
    [InlineData("2603:1020::1")]
    public void PublicAndPrivateNetworksAreFit(string address) => Assert.True(AddressRules.IsFit(IPAddress.Parse(address), isListed: false));

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.1.1")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:168.63.129.16")]
    public void CloudServicesAndLinkLocalAddressesNeverAre(string address) => Assert.False(AddressRules.IsFit(IPAddress.Parse(address), isListed: true));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void ThisMachineIsFitOnlyForAListedHost(string address)
    {
        Assert.True(AddressRules.IsFit(IPAddress.Parse(address), isListed: true));
        Assert.False(AddressRules.IsFit(IPAddress.Parse(address), isListed: false));
    }
}
