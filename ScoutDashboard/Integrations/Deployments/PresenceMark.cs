using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>By which this dashboard knows itself at an address: it closes a nonce by the keys of its data folder, which nobody else has and a shell beside it shares.</summary>
public sealed class PresenceMark(IDataProtectionProvider provider)
{
    private const int NonceLength = 43;

    private readonly IDataProtector _protector = provider.CreateProtector("ScoutDashboard.Presence");

    /// <summary>43 characters of base64url.</summary>
    public static string NewNonce() => UrlKey.Create();

    /// <summary>What proves the nonce; null where it is none, so that nothing else is ever closed.</summary>
    public string? Answer(string nonce) => nonce.Length == NonceLength && nonce.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? _protector.Protect(nonce) : null;

    public bool IsAnswer(string nonce, string answer)
    {
        try
        {
            return _protector.Unprotect(answer) == nonce;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
