using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace ScoutDashboard.Azure;

/// <summary>A key in an Azure Key Vault or Managed HSM, by its address: <c>https://VAULT/keys/NAME</c>, with or without <c>/VERSION</c>.</summary>
/// <param name="Vault">Scheme and host; https.</param>
/// <param name="Name">Of the key in it.</param>
/// <param name="Version">Null is the newest.</param>
public sealed partial record VaultKey(Uri Vault, string Name, string? Version)
{
    private const int LongestAddress = 500;

    /// <summary>Audience of a token for it: the cloud's name for all of its vaults, of which the vault's own is the first label (learn: authentication-requests-and-responses).</summary>
    public string Scope => $"https://{Vault.Host[(Vault.Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}/.default";

    public static bool TryParse(string? text, [NotNullWhen(true)] out VaultKey? key)
    {
        key = text?.Length <= LongestAddress && Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" } && address.Host.Contains('.', StringComparison.Ordinal)
            && KeyPath().Match(address.AbsolutePath) is { Success: true } path
            ? new VaultKey(new Uri(address, "/"), path.Groups["name"].Value, path.Groups["version"] is { Success: true } version ? version.Value : null) : null;
        return key is not null;
    }

    /// <summary>Whether another is the same key, of whichever version. Names of keys don't tell letters' case apart.</summary>
    public bool IsSame(VaultKey other) => Vault == other.Vault && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Vault}{Path}";

    /// <summary>Of the key below its vault.</summary>
    internal string Path => Version is null ? $"keys/{Name}" : $"keys/{Name}/{Version}";

    [GeneratedRegex("^/keys/(?<name>[0-9A-Za-z-]{1,127})(/(?<version>[0-9A-Za-z]{1,64}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPath();
}
