using System.Buffers.Text;
using System.Collections.Concurrent;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Lets keys of Azure Key Vault close and open small secrets by the dashboard's own identity (roles <c>Key Vault Crypto Service Encryption User</c>; learn: wrap-key, unwrap-key). The vault's key never leaves it.</summary>
public sealed class KeyVaults(AzureOptions options, Func<ArmEndpoint, TokenCredential> credentials, IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>How both are asked for.</summary>
    public const string Algorithm = "RSA-OAEP-256";

    private const string ApiVersion = "7.4";

    // One for each vault, with the token that it was given: a start asks several times.
    private readonly ConcurrentDictionary<Uri, ArmHttp> _byVault = new();

    /// <summary>Closes a secret of at most 190 bytes.</summary>
    /// <returns>What is closed, and the key with the version that can open it.</returns>
    /// <exception cref="ArmException">The vault can't be asked, or does not do it.</exception>
    public async Task<(VaultKey Key, byte[] Wrapped)> WrapAsync(VaultKey key, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(key, "wrapkey", secret, cancellationToken);
        return VaultKey.TryParse(answer.Body.Text("kid"), out var used) && used.IsSame(key) && used.Version is not null
            ? (used, Value(answer, key)) : throw new ArmException(ArmError.BadResponse, $"{key.Vault.Host} does not tell by which version of {key.Name} it closed a secret.");
    }

    /// <summary>Opens what <see cref="WrapAsync"/> closed, by the version that it told. Throws as that does.</summary>
    public async Task<byte[]> UnwrapAsync(VaultKey key, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken) => Value(await AskAsync(key, "unwrapkey", wrapped, cancellationToken), key);

    private Task<ArmAnswer> AskAsync(VaultKey key, string operation, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (!options.IsOn)
        {
            throw new ArmException(ArmError.NoIdentity, $"{key.Vault.Host} is asked by the dashboard's Azure identity, and Azure__Identity is none.");
        }

        var vault = _byVault.GetOrAdd(key.Vault, (_, one) => Create(one), key);
        return vault.SendAsync(RequestMethod.Post, vault.Endpoint.At($"{key.Path}/{operation}", ApiVersion), new { alg = Algorithm, value = Base64Url.EncodeToString(value.Span) }, cancellationToken);
    }

    private ArmHttp Create(VaultKey key)
    {
        var endpoint = options.EndpointOf(options.CloudOf(null)) with { Address = key.Vault, Scope = key.Scope };
        return new ArmHttp(endpoint, credentials(endpoint), clients.CreateClient(ArmHttp.ClientName), clock) { MayRepeatPosts = true };
    }

    private static byte[] Value(ArmAnswer answer, VaultKey key)
    {
        try
        {
            return answer.Body.Text("value") is { Length: > 0 } text ? Base64Url.DecodeFromChars(text) : throw new FormatException("There is no value.");
        }
        catch (FormatException exception)
        {
            throw new ArmException(ArmError.BadResponse, $"{key.Vault.Host} answered without a value that can be read.", exception);
        }
    }
}
