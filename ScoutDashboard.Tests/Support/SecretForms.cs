using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScoutDashboard.Tests.Support;

/// <summary>Finds a secret in bytes, however it was written there: as it is, in UTF-16, in base64 and base64url wherever it begins in what was encoded, in hexadecimal, and as addresses, forms, HTML and JSON write it.</summary>
internal static class SecretForms
{
    public static bool Holds(ReadOnlySpan<byte> place, string secret)
    {
        foreach (var form in Of(secret))
        {
            if (place.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All of them, none twice.</summary>
    public static IEnumerable<byte[]> Of(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        string[] texts =
        [
            secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret), HtmlEncoder.Default.Encode(secret), JsonEncodedText.Encode(secret).ToString(),
            Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes),
            .. Enumerable.Range(0, 3).Select(offset => InBase64(bytes, offset)).SelectMany(text => new[] { text, text.Replace('+', '-').Replace('/', '_') }),
        ];
        return texts.Distinct().Select(Encoding.UTF8.GetBytes).Append(Encoding.Unicode.GetBytes(secret));
    }

    // The characters that hold nothing but the secret's bits, where it begins so many bytes after a multiple of three (RFC 4648 section 4).
    private static string InBase64(byte[] secret, int offset)
    {
        var encoded = Convert.ToBase64String([.. new byte[offset], .. secret]);
        return encoded[((offset * 8 + 5) / 6)..((offset + secret.Length) * 8 / 6)];
    }
}
