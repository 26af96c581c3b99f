using ScoutDashboard.Advisories.Osv;
using ZstdSharp;

namespace ScoutDashboard.Advisories;

/// <summary>Packs an advisory's JSON for the database (zstd) and unpacks it, bounded.</summary>
public static class AdvisoryDocument
{
    /// <summary>Largest record that is kept, bytes of JSON.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public static byte[] Encode(ReadOnlySpan<byte> json)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(json).ToArray();
    }

    /// <summary>The JSON; throws <see cref="InvalidDataException"/> where the bytes are no such document.</summary>
    public static byte[] Decode(byte[] document)
    {
        try
        {
            using var decompressor = new Decompressor();
            return decompressor.Unwrap(document, MaxBytes).ToArray();
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException("The stored advisory can't be unpacked.", exception);
        }
    }

    /// <summary>The record that a stored document holds; null where it can't be read.</summary>
    public static OsvRecord? Read(byte[] document)
    {
        try
        {
            return OsvReader.TryParse(Decode(document), out var record) ? record : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
