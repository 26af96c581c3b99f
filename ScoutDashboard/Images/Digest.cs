using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ScoutDashboard.Images;

/// <summary>A content digest, <c>sha256:</c> and 64 lower-case hexadecimal digits (OCI image-spec, descriptor.md).</summary>
public readonly record struct Digest
{
    private const string Prefix = "sha256:";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private readonly string? _value;

    private Digest(string value) => _value = value;

    /// <summary>The whole text, e.g. <c>sha256:9f86…</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This digest was never set.");

    /// <summary>The 64 hexadecimal digits.</summary>
    public string Hex => Value[Prefix.Length..];

    /// <summary>The first 12 hexadecimal digits, for display beside the whole.</summary>
    public string Short => Hex[..12];

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + 64 || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("Not a sha256 digest.");

    /// <summary>The digest of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>The digest whose SHA-256 value is <paramref name="hash"/> (32 bytes).</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == 32 ? new Digest(Prefix + Convert.ToHexStringLower(hash)) : throw new ArgumentException("A SHA-256 hash has 32 bytes.", nameof(hash));

    public override string ToString() => _value ?? "";
}
