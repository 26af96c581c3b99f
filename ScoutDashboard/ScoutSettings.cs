using System.ComponentModel.DataAnnotations;
using System.Net;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Outbound;
using ScoutDashboard.Registry;
using ScoutDashboard.Retention;

namespace ScoutDashboard;

/// <summary>Every section of the configuration that is ours.</summary>
public static class ScoutSettings
{
    public static SettingSchema Schema { get; } = new SettingSchema()
        .Add("Scout", ScoutOptions.Read)
        .Add("OpenIdConnect", SingleSignOnOptions.Read)
        .Add("Registries", RegistryOptions.Read)
        .Add("Azure", AzureOptions.Read)
        .Add("Outbound", OutboundOptions.Read)
        .Add("Advisories", AdvisoryOptions.Read, AdvisoryOptions.AddressNames)
        .Add("Repositories", ReconcileOptions.Read)
        .Add("Jobs", JobOptions.Read)
        .Add("Analysis", AnalysisOptions.Read)
        .Add("Analysis:Limits", configuration => AnalysisSetup.Read(configuration).Limits)
        .Add("Analysis:Limits", ManifestLimits.Read)
        .Add("Health", HealthOptions.Read)
        .Add("Retention", RetentionOptions.Read)
        .Add(AddressFaults);

    // Of addresses that the framework and the exporter read: the one would end the start without a word of which setting it is, the other send to this machine instead.
    private static IEnumerable<string> AddressFaults(IConfiguration configuration)
    {
        foreach (var address in ListText.Split([configuration[WebHostDefaults.ServerUrlsKey]]).Where(address => !IsListenAddress(address)))
        {
            yield return $"ASPNETCORE_URLS (or --urls) has {DisplayText.Sanitise(address, 100)}, but must be addresses such as http://+:8080 or https://localhost:5443, without a path.";
        }

        if (configuration[TelemetryServices.Endpoint] is { Length: > 0 } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var collector) && collector.Scheme is "http" or "https"))
        {
            yield return $"{TelemetryServices.Endpoint} must be an address such as http://localhost:4317.";
        }
    }

    private static bool IsListenAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            // A port that is no number would be taken for a part of the host, and port 80 be listened on.
            return address.Scheme.ToUpperInvariant() is "HTTP" or "HTTPS" && address.PathBase.Length == 0 && (address.IsUnixPipe || address.Host.StartsWith('[') || !address.Host.Contains(':', StringComparison.Ordinal));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>Configuration section <c>Scout</c>.</summary>
public sealed record ScoutOptions : IValidatableObject
{
    public string? DataDirectory { get; init; }

    /// <summary>Read by <see cref="Integrations.PublicUrl"/>.</summary>
    [CustomValidation(typeof(ScoutOptions), nameof(CheckPublicUrl))]
    public string? PublicUrl { get; init; }

    /// <summary>Addresses, and networks as <c>10.0.0.0/8</c>.</summary>
    [CustomValidation(typeof(ScoutOptions), nameof(CheckProxy))]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>PKCS #12 files with RSA keys: the first closes the keys of data protection, all open them.</summary>
    public IReadOnlyList<string> KeyCertificate { get; init; } = [];

    /// <summary>Of all of those files.</summary>
    public string? KeyCertificatePassword { get; init; }

    /// <summary>A file that holds the password, instead of it.</summary>
    public string? KeyCertificatePasswordFile { get; init; }

    /// <summary>Addresses of keys in Azure Key Vault: the first closes the keys of data protection, instead of a certificate, all open them.</summary>
    [CustomValidation(typeof(ScoutOptions), nameof(CheckVaultKey))]
    public IReadOnlyList<string> KeyVaultKey { get; init; } = [];

    /// <summary>Whether there is an identity by which a vault can be asked.</summary>
    internal bool HasIdentity { get; init; }

    public static ScoutOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Scout");
        return new ScoutOptions
        {
            DataDirectory = section["DataDirectory"], PublicUrl = section["PublicUrl"], TrustedProxies = List(section.GetSection("TrustedProxies")),
            KeyCertificate = List(section.GetSection("KeyCertificate")), KeyCertificatePassword = section["KeyCertificatePassword"], KeyCertificatePasswordFile = section["KeyCertificatePasswordFile"],
            KeyVaultKey = List(section.GetSection("KeyVaultKey")), HasIdentity = AzureOptions.Read(configuration).IsOn,
        };
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyVaultKey.Count > 0 && !HasIdentity)
        {
            yield return new ValidationResult("Scout__KeyVaultKey needs Azure__Identity: a vault is asked by an identity.");
        }
    }

    private static string[] List(IConfigurationSection section) => ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value));

    /// <summary>The address or network of a proxy.</summary>
    public static bool TryParseProxy(string text, out System.Net.IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        return System.Net.IPNetwork.TryParse(text, out network);
    }

    public static ValidationResult? CheckProxy(string value, ValidationContext context) =>
        TryParseProxy(value, out _) ? ValidationResult.Success : new ValidationResult("must be an address or a network, e.g. 10.0.0.0/8.");

    public static ValidationResult? CheckVaultKey(string value, ValidationContext context) =>
        VaultKey.TryParse(value, out _) ? ValidationResult.Success : new ValidationResult("must be the address of a key, e.g. https://vault.vault.azure.net/keys/scout.");

    public static ValidationResult? CheckPublicUrl(string value, ValidationContext context) =>
        Integrations.PublicUrl.TryParse(value, out _) ? ValidationResult.Success : new ValidationResult("must be an address such as https://scout.example.com, without user, query or fragment.");
}
