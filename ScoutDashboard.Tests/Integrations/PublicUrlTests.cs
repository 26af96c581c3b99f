using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.Integrations;

public sealed class PublicUrlTests
{
    [Theory]
    [InlineData("https://scout.example.com", "https://scout.example.com/templates/k")]
    [InlineData(" https://scout.example.com/ ", "https://scout.example.com/templates/k")]
    [InlineData("https://example.com/scout/", "https://example.com/scout/templates/k")]
    [InlineData("https://scout.example.com:8443", "https://scout.example.com:8443/templates/k")]
    [InlineData("https://172.32.0.1", "https://172.32.0.1/templates/k")]
    [InlineData("http://scout.example.com", null)]
    [InlineData("https://localhost:5080", null)]
    [InlineData("https://127.0.0.1", null)]
    [InlineData("https://10.1.2.3", null)]
    [InlineData("https://172.16.0.1", null)]
    [InlineData("https://192.168.0.9", null)]
    [InlineData("https://[fd00::1]", null)]
    [InlineData("https://[::1]", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void OnlyAPublicHttpsAddressIsForAzure(string? configured, string? expected) => Assert.Equal(expected, Read(configured).ForAzure("templates/k"));

    [Theory]
    [InlineData("scout.example.com")]
    [InlineData("ftp://scout.example.com")]
    [InlineData("https://scout.example.com/?a=b")]
    [InlineData("https://user:pw@scout.example.com")]
    public void WhatIsNoAddressIsRefusedAtStart(string configured) => Assert.Throws<OptionsValidationException>(() => Read(configured));

    private static PublicUrl Read(string? value) => PublicUrl.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Scout:PublicUrl", value)]).Build());
}
