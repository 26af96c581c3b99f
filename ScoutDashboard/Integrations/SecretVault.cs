using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ScoutDashboard.Integrations;

/// <summary>Protects what the database must not hold in plain: registry tokens and the keys of anonymous addresses.</summary>
public sealed class SecretVault(IDataProtectionProvider provider)
{
    public string Protect(SecretKind kind, string hostname, string secret) => ProtectorOf(kind, hostname).Protect(secret);

    /// <summary>The secret, or null where it can't be opened: it is another row's, or the data protection keys that closed it are gone.</summary>
    public string? Open(SecretKind kind, string hostname, string closed)
    {
        try
        {
            return ProtectorOf(kind, hostname).Unprotect(closed);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // Kind and host are part of the purpose, so that a secret copied to another column or row does not open there.
    private IDataProtector ProtectorOf(SecretKind kind, string hostname) => provider.CreateProtector("ScoutDashboard.Integrations", kind.ToString(), hostname);
}

/// <summary>The secrets that an integration has.</summary>
public enum SecretKind { RegistryToken, WebhookKey, TemplateKey }
