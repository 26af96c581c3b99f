using ScoutDashboard.Advisories.Osv;
using ZstdSharp;

namespace ScoutDashboard.Advisories;

/// <summary>Packs an advisory's JSON for the database (zstd) and unpacks it, bounded.</summary>
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

    public static byte[] Encode(ReadOnlySpan<byte> json) => (_compressor ??= new Compressor(Level)).Wrap(json).ToArray();

    /// <summary>The JSON; throws <see cref="InvalidDataException"/> where the bytes are no such document.</summary>
    public static byte[] Decode(byte[] document)
    {
        try
        {
            return (_decompressor ??= new Decompressor()).Unwrap(document, MaxBytes).ToArray();
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException("The stored advisory can't be unpacked.", exception);
        }
    }

    /// <summary>The record that a stored document holds, without the texts that matching does not look at; null where it can't be read.</summary>
    public static OsvRecord? Read(byte[] document)
    {
        try
        {
            return OsvReader.TryParseForMatching(Decode(document), out var record) ? record : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
