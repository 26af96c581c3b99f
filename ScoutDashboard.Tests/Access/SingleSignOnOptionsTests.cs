using Microsoft.Extensions.Configuration;
using ScoutDashboard.Access;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Access;

public sealed class SingleSignOnOptionsTests
{
    [Theory]
    [InlineData("Authority", "https://issuer.example", "needs OpenIdConnect__ClientId and OpenIdConnect__ClientSecret")]
    [InlineData("Authority", "https://issuer.example?tenant=1", "without user, query or fragment")]
    [InlineData("Authority", "http://issuer.example", "must begin with https://")]
    [InlineData("Administrators", "*", "everybody whom the issuer knows would be one")]
    [InlineData("LocalSignIn", "false", "nobody could sign in")]
    public void WhatCantBeRightIsToldAtStart(string key, string value, string fault) => Assert.Contains(
        ScoutSettings.Schema.Check(new ConfigurationBuilder().AddInMemoryCollection([new($"OpenIdConnect:{key}", value)]).Build()).Faults, told => told.Contains(fault, StringComparison.Ordinal));

    [Theory]
    [InlineData("scout-admins staff", MemberRole.Administrator)]
    [InlineData("others", MemberRole.Editor)]
    [InlineData("anything", MemberRole.Viewer)]
    [InlineData("", MemberRole.Viewer)]
    public void TheHighestRoleOfAnyGroupCountsAndAStarIsEverybody(string groups, MemberRole role) => Assert.Equal(
        role, new SingleSignOnOptions { Administrators = ["scout-admins"], Editors = ["others"], Viewers = ["*"] }.RoleOf(groups.Split(' ')));
}
