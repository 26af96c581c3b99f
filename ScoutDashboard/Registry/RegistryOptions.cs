using System.ComponentModel.DataAnnotations;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Configuration section <c>Registries</c>.</summary>
public sealed class RegistryOptions
{
    /// <summary>Hosts beside Azure's that may be connected: <c>host[:port]</c>, or <c>http://host[:port]</c> for plain http. One text parted by commas or semicolons, or a list.</summary>
    [CustomValidation(typeof(RegistryOptions), nameof(CheckHost))]
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public static RegistryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Registries:AllowedHosts");
        return new RegistryOptions { AllowedHosts = ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value)) };
    }

    public static ValidationResult? CheckHost(string value, ValidationContext context) =>
        Uri.TryCreate(value.Contains("://", StringComparison.Ordinal) ? value : $"https://{value}", UriKind.Absolute, out var host)
            && host.Scheme is "http" or "https" && host.PathAndQuery == "/" && host.UserInfo.Length + host.Fragment.Length == 0
            ? ValidationResult.Success : new ValidationResult("must be host[:port], or http://host[:port] for plain http.");
}
