using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Consent;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Tests.Access;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>The application without an identity, whose people sign in at an issuer that passes for one tenant of Entra ID and may let it act in Azure's double with their rights.</summary>
public abstract class ConsentRig : SingleSignOnRig
{
    protected const string Tenant = "33333333-3333-3333-3333-333333333333";

    private const string EntraId = $"https://login.microsoftonline.com/{Tenant}/v2.0";

    private protected ArmDouble Arm { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Issuer.As = EntraId;
        Be("1", "grace@contoso.example");
        Arm = await ArmDouble.StartAsync();
        Arm.Knows = token => Issuer.Given.Contains(token);
        Arm.World.AddRegistry("contoso");
        App.Settings["OpenIdConnect:Authority"] = EntraId;
        App.Settings["Azure:UserConsent"] = "true";
        App.Replace = Replace;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Arm.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Replace(IServiceCollection services)
    {
        services.AddSingleton(Arm.Consenting(new HastyClock(), EntraId));
        // Nobody waits for Azure.
        services.AddSingleton(provider => new DeploymentRun(
            provider.GetRequiredService<AzureIdentities>(), provider.GetRequiredService<DeploymentPlanner>(), provider.GetRequiredService<IntegrationService>(), provider.GetRequiredService<TopicMend>(), new HastyClock()));
        foreach (var scheme in new[] { SingleSignOn.Scheme, ConsentWay.Scheme })
        {
            services.Configure<OpenIdConnectOptions>(scheme, options => options.BackchannelHttpHandler = new AtIssuer(new Uri(Issuer.Address)));
        }
    }

    /// <summary>Whom the issuer signs in next; an administrator unless said otherwise.</summary>
    protected void Be(string number, string name, string role = "scout-admins") => Issuer.Person = new()
    {
        ["sub"] = number, ["oid"] = $"00000000-0000-0000-0000-00000000000{number}", ["tid"] = Tenant, ["preferred_username"] = name, ["roles"] = role,
    };

    /// <summary>Signs whom the issuer knows now in, and tells who that is here.</summary>
    protected async Task<Actor> EnterAsync(HttpClient browser)
    {
        Assert.Equal("/", await SignInAsync(browser));
        await using var db = await DatabaseAsync();
        var name = (string)Issuer.Person["preferred_username"];
        var session = await db.Sessions.OrderByDescending(s => s.CreatedAt).FirstAsync(s => s.Account!.UserName == name);
        return new Actor(1, session.AccountId, session.Id, name, session.Address);
    }

    /// <summary>From a page to the issuer; returns the address by which that sends the browser back.</summary>
    protected async Task<Uri> ConsentCallbackAsync(HttpClient browser, Actor actor, string page = "/integrations/acr/new", bool choosesAccount = false)
    {
        using var begin = await browser.GetAsync(await App.Services.GetRequiredService<ConsentOffer>().BeginAsync(actor, page, choosesAccount, default));
        Assert.StartsWith($"{Issuer.Address}/authorize", begin.Headers.Location?.OriginalString, StringComparison.Ordinal);
        return await AtIssuerAsync(begin.Headers.Location!);
    }

    /// <summary>Consents as a browser does; returns where it ends.</summary>
    protected async Task<string> ConsentAsync(HttpClient browser, Actor actor, string page = "/integrations/acr/new")
    {
        using var back = await browser.GetAsync(await ConsentCallbackAsync(browser, actor, page));
        return back.Headers.Location!.OriginalString;
    }

    private protected Task<DiscoveredRegistries> DiscoverAsync(Actor actor) => App.Services.GetRequiredService<RegistryDiscovery>().ListAsync(actor, default);

    private protected Task<bool> IsOnAsync(Actor actor) => App.Services.GetRequiredService<AzureIdentities>().IsOnAsync(actor, default);

    // What the tenant's address says lies at the issuer of this machine.
    private sealed class AtIssuer(Uri address) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.StartsWith(EntraId, request.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
            request.RequestUri = new Uri(address, request.RequestUri.AbsoluteUri[EntraId.Length..]);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
