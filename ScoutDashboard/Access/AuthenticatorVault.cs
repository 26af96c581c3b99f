using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ScoutDashboard.Access;

/// <summary>Closes the keys of authenticators, each for its account: one that is copied to another's row does not open there.</summary>
public sealed class AuthenticatorVault(IDataProtectionProvider provider)
{
    public byte[] Protect(string accountId, byte[] key) => Of(accountId).Protect(key);

    /// <summary>The key, or null where it can't be opened: it is another account's, or the data protection keys that closed it are gone.</summary>
    public byte[]? Open(string accountId, byte[] closed)
    {
        try
        {
            return Of(accountId).Unprotect(closed);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Of(string accountId) => provider.CreateProtector("ScoutDashboard.Access", "authenticator", accountId);
}
