using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace ScoutDashboard.Tests.Support;

/// <summary>Every secret that the suite uses, each with its kind: those that tests choose, those that doubles give, and those that the harness sees the product make. What keeps, logs, measures or answers anything is searched for all of them, see <see cref="SecretSearch"/>.</summary>
internal static class TestSecrets
{
    /// <summary>Characters of the shortest that is looked for: a shorter one may well stand somewhere by chance. What tests choose is longer.</summary>
    public const int Shortest = 12;

    private const int StartBytes = sizeof(ulong), FilterBits = 20;

    private static readonly ConcurrentDictionary<string, string> Kinds = new(), Named = new();
    private static readonly ConcurrentDictionary<ulong, ImmutableList<(byte[] Form, string Secret)>> ByStart = new();

    // One bit for the start of each form: almost all places of a text end here.
    private static readonly int[] Filter = new int[(1 << FilterBits) / 32];

    /// <summary>A new secret of a kind, e.g. "registry token": 192 random bits in base64, with a sign of it that addresses write otherwise.</summary>
    public static string New(string kind) => Know(kind, $"{Convert.ToBase64String(RandomNumberGenerator.GetBytes(24))}+/");

    /// <summary>The one secret of the suite that is called so, e.g. "wrong password".</summary>
    public static string Of(string kind) => Named.GetOrAdd(kind, New);

    /// <summary>Has a secret looked for from now on, also in what was written before; returns it. One that is shorter than <see cref="Shortest"/> is let be.</summary>
    public static string Know(string kind, string secret)
    {
        if (secret.Length >= Shortest && Kinds.TryAdd(secret, kind))
        {
            foreach (var form in SecretForms.Of(secret))
            {
                var start = BinaryPrimitives.ReadUInt64LittleEndian(form);
                ByStart.AddOrUpdate(start, [(form, secret)], (_, before) => before.Add((form, secret)));
                Interlocked.Or(ref Filter[BitOf(start) / 32], 1 << (BitOf(start) % 32));
            }
        }

        return secret;
    }

    public static bool Knows(string secret) => Kinds.ContainsKey(secret);

    /// <summary>The kinds of the secrets that stand in a text, in any of <see cref="SecretForms"/>.</summary>
    public static IReadOnlySet<string> In(ReadOnlySpan<byte> text)
    {
        var found = new HashSet<string>();
        for (var i = 0; i <= text.Length - StartBytes; i++)
        {
            var start = BinaryPrimitives.ReadUInt64LittleEndian(text[i..]);
            if ((Filter[BitOf(start) / 32] & (1 << (BitOf(start) % 32))) != 0 && ByStart.TryGetValue(start, out var forms))
            {
                foreach (var (form, secret) in forms)
                {
                    if (text[i..].StartsWith(form))
                    {
                        found.Add(Kinds[secret]);
                    }
                }
            }
        }

        return found;
    }

    // The upper bits of a product spread best (Knuth, multiplicative hashing).
    private static int BitOf(ulong start) => (int)((start * 0x9E3779B97F4A7C15) >> (64 - FilterBits));
}
