using System.ComponentModel.DataAnnotations;
using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>Configuration section <c>Azure</c>: by whose rights the dashboard may look and work in Azure itself. Without any it never does.</summary>
public sealed record AzureOptions : IValidatableObject
{
    private const string Section = "Azure";

    private static readonly Dictionary<string, AzureCloud> Clouds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["public"] = AzureCloud.Public, ["government"] = AzureCloud.UsGovernment, ["china"] = AzureCloud.China,
    };

    // The Entra ID of each cloud, where people sign in (learn: authentication-national-cloud; azure-cli's cloud.py has an older one of China).
    private static readonly Dictionary<string, AzureCloud> SignIns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["login.microsoftonline.com"] = AzureCloud.Public, ["login.microsoftonline.us"] = AzureCloud.UsGovernment,
        ["login.partner.microsoftonline.cn"] = AzureCloud.China, ["login.chinacloudapi.cn"] = AzureCloud.China,
    };

    // Not one tenant but any: whoever signs in could be anybody's.
    private static readonly string[] Tenantless = ["common", "organizations", "consumers"];

    /// <summary>Where the identity comes from, as <see cref="AzureIdentity"/> names it.</summary>
    [CustomValidation(typeof(AzureOptions), nameof(CheckIdentity))]
    public string Identity { get; init; } = "none";

    /// <summary>Which identity, where a machine or a workload has several.</summary>
    [CustomValidation(typeof(AzureOptions), nameof(CheckClientId))]
    public string? ClientId { get; init; }

    /// <summary>The cloud that the identity belongs to: public, government or china; null is the public one, or the one of a registry's hostname.</summary>
    [CustomValidation(typeof(AzureOptions), nameof(CheckCloud))]
    public string? Cloud { get; init; }

    /// <summary>Address of the Resource Manager of a cloud that is none of these; https.</summary>
    [CustomValidation(typeof(AzureOptions), nameof(CheckHost))]
    public string? ResourceManager { get; init; }

    /// <summary>That cloud's Entra ID; https.</summary>
    [CustomValidation(typeof(AzureOptions), nameof(CheckHost))]
    public string? Authority { get; init; }

    /// <summary>Whether, where there is no identity, people who signed in at Entra ID may let the dashboard act with their own rights.</summary>
    public bool UserConsent { get; init; }

    /// <summary>Where people sign in to the dashboard; null where at no issuer.</summary>
    internal Uri? SignIn { get; init; }

    /// <summary>The cloud in which people who consent have rights: that of the Entra ID where they sign in.</summary>
    public AzureCloud ConsentCloud => Cloud is { } name ? Clouds[name] : SignIn is { } address && SignIns.TryGetValue(address.Host, out var cloud) ? cloud : AzureCloud.Public;

    /// <summary>The same for what people do with their own rights, which are of one cloud: nothing of another gets their tokens.</summary>
    public AzureOptions OfPersons() => this with { Cloud = Clouds.First(pair => pair.Value == ConsentCloud).Key };

    /// <summary>What people consent to: that the dashboard asks the Resource Manager in their name, and nothing else.</summary>
    public string ConsentScope => $"{EndpointOf(ConsentCloud).Scope[..^".default".Length]}user_impersonation";

    public AzureIdentity Kind => Enum.TryParse<AzureIdentity>(Identity, ignoreCase: true, out var kind) ? kind : AzureIdentity.None;

    public bool IsOn => Kind != AzureIdentity.None;

    public static AzureOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new AzureOptions
        {
            Identity = Text(section, nameof(Identity)) ?? "none", ClientId = Text(section, nameof(ClientId)), Cloud = Text(section, nameof(Cloud)),
            ResourceManager = Text(section, nameof(ResourceManager)), Authority = Text(section, nameof(Authority)),
            UserConsent = section.GetValue(nameof(UserConsent), false), SignIn = Uri.TryCreate(configuration["OpenIdConnect:Authority"], UriKind.Absolute, out var signIn) ? signIn : null,
        };
    }

    /// <summary>The cloud to look into: the configured one, else that of the registry, else the public one.</summary>
    public AzureCloud CloudOf(RegistryHostname? registry) => Cloud is { } name ? Clouds[name] : registry?.Cloud ?? AzureCloud.Public;

    /// <summary>Where to ask for a cloud: as configured, else where that cloud is known to be. A token for another Resource Manager is asked for by its address.</summary>
    public ArmEndpoint EndpointOf(AzureCloud cloud)
    {
        var known = ArmEndpoint.For(cloud);
        return known with
        {
            Address = Host(ResourceManager) ?? known.Address, Login = Host(Authority) ?? known.Login, Scope = Host(ResourceManager) is { } other ? $"{other}.default" : known.Scope,
        };
    }

    /// <summary>Whether an issuer (<c>iss</c>) is the one where people sign in by now. Of an authority that names its tenant by a domain, the issuer tells the number, which is not known here.</summary>
    internal bool IsConsentIssuer(string issuer) => SignIn is { } authority && Uri.TryCreate(issuer, UriKind.Absolute, out var told) && told.Authority == authority.Authority
        && (told.AbsolutePath.Trim('/') == authority.AbsolutePath.Trim('/') || !Guid.TryParse(authority.AbsolutePath.Trim('/').Split('/')[0], out _));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClientId is not null && Kind is not (AzureIdentity.Default or AzureIdentity.Managed or AzureIdentity.Workload))
        {
            yield return new ValidationResult($"{Section}__ClientId needs {Section}__Identity to be default, managed or workload: no other has several to choose from.");
        }

        if (UserConsent && !IsEntra(SignIn))
        {
            yield return new ValidationResult($"{Section}__UserConsent needs OpenIdConnect__Authority to be one tenant of Microsoft Entra ID, e.g. https://login.microsoftonline.com/TENANT/v2.0: who consents is who signed in there.");
        }
        else if (UserConsent && Cloud is { } name && Clouds.TryGetValue(name, out var cloud) && SignIns.TryGetValue(SignIn!.Host, out var theirs) && theirs != cloud)
        {
            yield return new ValidationResult($"{Section}__UserConsent needs {Section}__Cloud to be the one whose Entra ID OpenIdConnect__Authority names: a person's token is of that one.");
        }
    }

    public static ValidationResult? CheckIdentity(string value, ValidationContext context) =>
        Names.Contains(value, StringComparer.OrdinalIgnoreCase) ? ValidationResult.Success : new ValidationResult($"must be one of {string.Join(", ", Names)}.");

    public static ValidationResult? CheckClientId(string value, ValidationContext context) =>
        Guid.TryParse(value, out _) ? ValidationResult.Success : new ValidationResult("must be the client id of an identity, e.g. 11111111-2222-3333-4444-555555555555.");

    public static ValidationResult? CheckCloud(string value, ValidationContext context) =>
        Clouds.ContainsKey(value) ? ValidationResult.Success : new ValidationResult($"must be one of {string.Join(", ", Clouds.Keys)}.");

    public static ValidationResult? CheckHost(string value, ValidationContext context) => Host(value) is { Scheme: "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
        ? ValidationResult.Success : new ValidationResult("must be https:// and a host, e.g. https://management.example.com.");

    // Only its second version knows scopes.
    private bool IsEntra(Uri? address) => address is { Scheme: "https", IsDefaultPort: true } && (SignIns.ContainsKey(address.Host) || Host(Authority)?.Authority == address.Authority)
        && address.AbsolutePath.Trim('/').Split('/') is [{ Length: > 0 } tenant, "v2.0"] && !Tenantless.Contains(tenant, StringComparer.OrdinalIgnoreCase);

    private static Uri? Host(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null;

    private static IEnumerable<string> Names => Enum.GetNames<AzureIdentity>().Select(name => name.ToLowerInvariant());

    private static string? Text(IConfigurationSection section, string key) => section[key]?.Trim() is { Length: > 0 } text ? text : null;
}

/// <summary>Where the identity comes from: none; whatever is found; variables of the environment; the machine; Kubernetes; who is signed in to the Azure CLI.</summary>
public enum AzureIdentity { None, Default, Environment, Managed, Workload, Cli }
