using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using ScoutDashboard.Images;

namespace ScoutDashboard.Outbound;

/// <summary>Configuration section <c>Outbound</c>.</summary>
public sealed record OutboundOptions
{
    /// <summary>Networks that are not public and may be connected nevertheless, whichever host leads there.</summary>
    [CustomValidation(typeof(OutboundOptions), nameof(CheckNetwork))]
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <exception cref="OptionsValidationException">An entry is neither an address nor a network.</exception>
    public static OutboundOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Outbound:AllowedNetworks");
        var texts = ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value));
        return new OutboundOptions { AllowedNetworks = [.. texts.Select(Parse)] };
    }

    public bool Allows(IPAddress address) => AllowedNetworks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    public static ValidationResult? CheckNetwork(string value, ValidationContext context) => IPNetwork.TryParse(value, out _) || IPAddress.TryParse(value, out _)
        ? ValidationResult.Success : new ValidationResult("must be an address or a network, e.g. 10.1.0.0/16.");

    private static IPNetwork Parse(string text) => IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new OptionsValidationException(nameof(OutboundOptions), typeof(OutboundOptions), [$"Outbound:AllowedNetworks: {text} is no network. Give it as 10.1.0.0/16."]);
}
