namespace ScoutDashboard.Registry;

/// <summary>Configuration section <c>Registries</c>.</summary>
public sealed class RegistryOptions
{
    /// <summary>Hosts beside Azure's that may be connected: <c>host[:port]</c>, or <c>http://host[:port]</c> for plain http. One text parted by commas or semicolons, or a list.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public static RegistryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Registries:AllowedHosts");
        var texts = section.GetChildren().Select(child => child.Value).Prepend(section.Value);
        return new RegistryOptions
        {
            AllowedHosts = [.. texts.OfType<string>().SelectMany(text => text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
    }
}
