using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Images;

/// <summary>An unguessable key in the path of an anonymous address; the database finds it by its hash.</summary>
public static class UrlKey
{
    /// <summary>256 random bits in base64url, 43 characters.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of the key's UTF-8 bytes.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
