using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Access;

/// <summary>Codes of six digits, a new one every 30 seconds (RFC 6238 with HMAC-SHA-1, which is what every authenticator app makes).</summary>
public static class TimeCode
{
    public const int Digits = 6;

    /// <summary>Bytes of a new key, as RFC 4226 section 4 recommends.</summary>
    public const int KeyBytes = 20;

    private const int StepSeconds = 30;

    // A phone's clock may be off, and typing takes time: the codes before and after count, too (RFC 6238 section 5.2).
    private const int Drift = 1;

    /// <summary>The step of time whose code this is, at that moment; null where it is none of those that count.</summary>
    public static long? StepOf(ReadOnlySpan<byte> key, string code, DateTimeOffset now)
    {
        var typed = Encoding.UTF8.GetBytes(code);
        long? found = null;
        for (var step = StepAt(now) - Drift; step <= StepAt(now) + Drift; step++)
        {
            // All are compared, so that the time tells nothing.
            found = CryptographicOperations.FixedTimeEquals(typed, Encoding.UTF8.GetBytes(CodeOf(key, step))) ? step : found;
        }

        return found;
    }

    /// <summary>The last step of time whose code counts at that moment.</summary>
    public static long LatestAt(DateTimeOffset now) => StepAt(now) + Drift;

    /// <summary>The code that an app shows at that moment.</summary>
    public static string CodeAt(ReadOnlySpan<byte> key, DateTimeOffset now) => CodeOf(key, StepAt(now));

    /// <summary>What an app reads from the square picture: the address that tells it the key.</summary>
    /// <param name="service">What the app calls this dashboard.</param>
    public static string Address(ReadOnlySpan<byte> key, string service, string name) =>
        $"otpauth://totp/{Uri.EscapeDataString(service)}:{Uri.EscapeDataString(name)}?secret={Base32.Encode(key)}&issuer={Uri.EscapeDataString(service)}&digits={Digits}&period={StepSeconds}";

    private static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    // RFC 4226 section 5.3.
    private static string CodeOf(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // What is weak in SHA-1, finding two texts of one hash, is no way to a code (RFC 6238 appendix B names it, and apps know no other).
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
