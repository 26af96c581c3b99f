using System.Net;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

public sealed class AzureIdentityTests
{
    [Theory]
    [InlineData("Azure:Identity", "somebody", "Azure__Identity must be one of none, default, environment, managed, workload, cli.")]
    [InlineData("Azure:Identity", "3", "Azure__Identity must be one of none, default, environment, managed, workload, cli.")]
    [InlineData("Azure:Cloud", "germany", "Azure__Cloud must be one of public, government, china.")]
    [InlineData("Azure:ClientId", "s3cret", "Azure__ClientId must be the client id of an identity, e.g. 11111111-2222-3333-4444-555555555555.")]
    [InlineData("Azure:ClientId", "11111111-2222-3333-4444-555555555555", "Azure__ClientId needs Azure__Identity to be default, managed or workload: no other has several to choose from.")]
    [InlineData("Azure:ResourceManager", "http://management.example.com", "Azure__ResourceManager must be https:// and a host, e.g. https://management.example.com.")]
    [InlineData("Azure:ResourceManager", "https://a@management.example.com", "Azure__ResourceManager must be https:// and a host, e.g. https://management.example.com.")]
    [InlineData("Azure:ResourceManager", "https://management.example.com/x", "Azure__ResourceManager must be https:// and a host, e.g. https://management.example.com.")]
    [InlineData("Azure:Authority", "login.example.com", "Azure__Authority must be https:// and a host, e.g. https://management.example.com.")]
    public void WhatCanNotBeIsToldAtStart(string key, string value, string fault) =>
        Assert.Equal([fault], ScoutSettings.Schema.Check(Configuration(new() { [key] = value })).Faults);

    [Fact]
    public void WithoutASettingNothingIsOn()
    {
        var options = AzureOptions.Read(Configuration([]));

        Assert.False(options.IsOn);
        Assert.Equal((null, null), (options.ClientId, options.Cloud));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("https://issuer.example/tenant/v2.0", null)]
    [InlineData("http://login.microsoftonline.com/tenant/v2.0", null)]
    [InlineData("https://login.microsoftonline.com:444/tenant/v2.0", null)]
    [InlineData("https://login.microsoftonline.com/common/v2.0", null)]
    [InlineData("https://login.microsoftonline.com/Organizations/v2.0", null)]
    [InlineData("https://login.microsoftonline.com/tenant", null)]
    [InlineData("https://login.microsoftonline.com/v2.0", null)]
    [InlineData("https://login.microsoftonline.com.evil.example/tenant/v2.0", null)]
    [InlineData("https://login.example.com/tenant/v2.0", "https://login.example.org")]
    public void ConsentNeedsOneTenantOfEntraId(string? signIn, string? authority) => Assert.Contains(
        "Azure__UserConsent needs OpenIdConnect__Authority to be one tenant of Microsoft Entra ID, e.g. https://login.microsoftonline.com/TENANT/v2.0: who consents is who signed in there.",
        ScoutSettings.Schema.Check(Configuration(new() { ["Azure:UserConsent"] = "true", ["OpenIdConnect:Authority"] = signIn, ["Azure:Authority"] = authority })).Faults);

    [Theory]
    [InlineData("https://login.microsoftonline.com/tenant/v2.0", null, "https://management.azure.com/user_impersonation")]
    [InlineData("https://login.microsoftonline.us/tenant/v2.0/", "government", "https://management.core.usgovcloudapi.net/user_impersonation")]
    [InlineData("https://login.partner.microsoftonline.cn/tenant/v2.0", null, "https://management.core.chinacloudapi.cn/user_impersonation")]
    public void PeopleConsentToTheResourceManagerOfTheCloudWhereTheySignIn(string signIn, string? cloud, string scope)
    {
        var configuration = Configuration(new() { ["Azure:UserConsent"] = "true", ["OpenIdConnect:Authority"] = signIn, ["Azure:Cloud"] = cloud });
        RegistryHostname.TryParse("contoso.azurecr.io", [], out var elsewhere);
        var options = AzureOptions.Read(configuration);

        Assert.DoesNotContain(ScoutSettings.Schema.Check(configuration).Faults, fault => fault.StartsWith("Azure", StringComparison.Ordinal));
        Assert.Equal(scope, options.ConsentScope);
        Assert.Equal(options.ConsentCloud, options.OfPersons().CloudOf(elsewhere));
    }

    [Fact]
    public void AnotherCloudThanTheOneWherePeopleSignInIsToldAtStart() => Assert.Contains(
        "Azure__UserConsent needs Azure__Cloud to be the one whose Entra ID OpenIdConnect__Authority names: a person's token is of that one.",
        ScoutSettings.Schema.Check(Configuration(new() { ["Azure:UserConsent"] = "true", ["OpenIdConnect:Authority"] = "https://login.microsoftonline.com/tenant/v2.0", ["Azure:Cloud"] = "china" })).Faults);

    [Theory]
    [InlineData(null, null, "https://management.azure.com/")]
    [InlineData(null, "contoso.azurecr.us", "https://management.usgovcloudapi.net/")]
    [InlineData(null, "contoso.azurecr.cn", "https://management.chinacloudapi.cn/")]
    [InlineData("Government", null, "https://management.usgovcloudapi.net/")]
    [InlineData("china", "contoso.azurecr.io", "https://management.chinacloudapi.cn/")]
    public void TheCloudIsTheConfiguredOneElseThatOfTheHostname(string? cloud, string? hostname, string manager)
    {
        RegistryHostname.TryParse(hostname, [], out var registry);

        Assert.Equal(manager, ArmEndpoint.For(AzureOptions.Read(Configuration(new() { ["Azure:Cloud"] = cloud })).CloudOf(registry)).Address.AbsoluteUri);
    }

    [Fact]
    public void AnotherCloudIsWhereItIsConfiguredToBe()
    {
        var elsewhere = AzureOptions.Read(Configuration(new() { ["Azure:ResourceManager"] = "https://management.example.com", ["Azure:Authority"] = "https://login.example.com" })).EndpointOf(AzureCloud.Public);

        Assert.Equal(new ArmEndpoint(new Uri("https://management.example.com/"), "https://management.example.com/.default", new Uri("https://login.example.com/")), elsewhere);
        Assert.Equal(ArmEndpoint.For(AzureCloud.China), AzureOptions.Read(Configuration([])).EndpointOf(AzureCloud.China));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("environment")]
    [InlineData("managed")]
    [InlineData("workload")]
    [InlineData("cli")]
    public void EachIdentityCanBeMade(string identity)
    {
        var options = AzureOptions.Read(Configuration(new() { ["Azure:Identity"] = identity }));

        Assert.NotNull(IdentityCredentials.Create(options, ArmEndpoint.For(AzureCloud.China), new OutboundNetwork(new OutboundOptions())));
    }

    [Theory]
    [InlineData("127.0.0.1", "this machine")]
    [InlineData("10.1.2.3", "a private network")]
    public async Task AManagerWhoseNameLeadsInsideGetsNoToken(string address, string reason)
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddSingleton(new OutboundNetwork(new OutboundOptions()) { Proxy = new WebProxy(), Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]) })
            .AddScoutAzure(Configuration(new() { ["Azure:Identity"] = "managed" })).AddSingleton<Func<ArmEndpoint, TokenCredential>>(_ => new Somebody()).AddSingleton<TimeProvider>(new HastyClock())
            .BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<ArmException>(() => services.GetRequiredService<ArmClients>().For(null).Subscriptions.ListAsync(default));

        Assert.Equal(ArmError.UntrustedAddress, refused.Error);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        var registry = AzureRegistryId.Create($"{Guid.Empty}", "rg1", "contoso")!;
        Assert.True((await Assert.ThrowsAsync<ArmException>(() => services.GetRequiredService<ArmClients>().For(null).Tokens.GeneratePasswordAsync(registry, "token", "password1", null, default))).IsRefusal);
    }

    [Fact]
    public async Task OnlyTheMachinesOwnIdentityServiceMayBeInsideAndItsRedirectsAreNotFollowed()
    {
        await using var elsewhere = new LineServer();
        await using var identity = new LineServer($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere.Port}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(new IdentityHandler(
            new OutboundNetwork(new OutboundOptions()) { Proxy = new WebProxy() }, name => name == "IDENTITY_ENDPOINT" ? $"http://127.0.0.1:{identity.Port}/msi/token" : null));

        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{identity.Port}/msi/token?resource=x"));

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.IsType<OutboundException>((await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{elsewhere.Port}/")))).InnerException);
        Assert.IsType<OutboundException>((await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://169.254.169.254/")))).InnerException);
        Assert.Empty(elsewhere.Lines);
    }

    [Theory]
    [InlineData("*", "Microsoft.EventGrid/systemTopics/write", true)]
    [InlineData("*/read", "Microsoft.EventGrid/systemTopics/read", true)]
    [InlineData("*/read", "Microsoft.EventGrid/systemTopics/write", false)]
    [InlineData("microsoft.eventgrid/*", "Microsoft.EventGrid/systemTopics/write", true)]
    [InlineData("Microsoft.EventGrid/*/write", "Microsoft.EventGrid/systemTopics/eventSubscriptions/write", true)]
    [InlineData("Microsoft.EventGrid/*/topics/*", "Microsoft.EventGrid/systemTopics/write", false)]
    [InlineData("Microsoft.EventGrid/systemTopics/write", "Microsoft.EventGrid/systemTopics/writeAll", false)]
    [InlineData("a*a", "a", false)]
    public void StarsInRightsStandForAnything(string pattern, string action, bool allows)
    {
        Assert.Equal(allows, new AzurePermission([pattern], []).Allows(action));
        Assert.False(new AzurePermission(["*"], allows ? [pattern] : ["*"]).Allows(action));
    }

    [Theory]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-1_(a).b/providers/Microsoft.ContainerRegistry/registries/contoso", true)]
    [InlineData("/SUBSCRIPTIONS/11111111-1111-1111-1111-111111111111/resourcegroups/rg/providers/microsoft.containerregistry/Registries/Contoso", true)]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/../providers/Microsoft.ContainerRegistry/registries/contoso", false)]
    [InlineData("/subscriptions/x/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso", false)]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/r?g/providers/Microsoft.ContainerRegistry/registries/contoso", false)]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso/tokens/t", false)]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/con-toso", false)]
    [InlineData("", false)]
    public void OnlyARegistrysIdIsReadAsOne(string text, bool isOne) => Assert.Equal(isOne, AzureRegistryId.TryParse(text, out _));

    private static IConfiguration Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    private sealed class Somebody : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("t", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
