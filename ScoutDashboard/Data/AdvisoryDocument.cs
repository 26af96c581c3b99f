using System.IO.Compression;
using ZstdSharp;

namespace ScoutDashboard.Data;

/// <summary>Packs an advisory's JSON for the database and unpacks it, bounded. What an archive holds deflated (RFC 1951) is kept as it is.</summary>
public static class AdvisoryDocument
{
    /// <summary>Largest record that is kept, bytes of JSON.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    // The fastest: a higher one would take most of an import's time and save a tenth of the bytes.
    private const int Level = 1;

    // Their buffers are larger than most records: each thread makes its own once.
    [ThreadStatic]
    private static Compressor? _compressor;
    [ThreadStatic]
    private static Decompressor? _decompressor;

    // RFC 8878 3.1.1. A deflated stream can't begin with it: that would be a stored block whose two lengths disagree.
    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    public static byte[] Encode(ReadOnlySpan<byte> json) => (_compressor ??= new Compressor(Level)).Wrap(json).ToArray();

    /// <summary>The JSON; throws <see cref="InvalidDataException"/> where the bytes are no such document.</summary>
    public static byte[] Decode(byte[] document)
    {
        if (!document.AsSpan().StartsWith(ZstdMagic))
        {
            return Inflate(document);
        }

        try
        {
            return (_decompressor ??= new Decompressor()).Unwrap(document, MaxBytes).ToArray();
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException("The stored advisory can't be unpacked.", exception);
        }
    }

    // An end that is missing is seen by who reads the JSON.
    private static byte[] Inflate(byte[] document)
    {
        using var stream = new DeflateStream(new MemoryStream(document, writable: false), CompressionMode.Decompress);
        var json = new byte[Math.Min(MaxBytes, (document.Length * 4) + 256)];
        for (var length = 0; ;)
        {
            var read = stream.Read(json, length, json.Length - length);
            length += read;
            if (read == 0 && length < json.Length)
            {
                return json[..length];
            }

            if (length == json.Length)
            {
                Array.Resize(ref json, length < MaxBytes ? Math.Min(MaxBytes, length * 2) : throw new InvalidDataException($"The stored advisory is larger than {MaxBytes} bytes."));
            }
        }
    }
}
