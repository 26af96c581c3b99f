using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Access;

/// <summary>The one-time secret that lets the person at the console make the first account; new at each start, kept in memory only.</summary>
public sealed class SetupLink
{
    private readonly string _token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The relative address that belongs on the console and nowhere else.</summary>
    public string Path => $"/setup?token={_token}";

    /// <summary>Compares in constant time.</summary>
    public bool Matches(string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token));
}
