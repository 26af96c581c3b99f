using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// The part of a record that matching looks at: without texts, references and ranges of commits. It is a tenth of the whole, and all that is read when hundreds of
/// thousands of components are matched. What an earlier version stored of it is JSON as the whole is, and read alike.
/// </summary>
public static class OsvMatching
{
    // Beyond this (records that list hundreds of versions or packages) packing saves more reading than it costs.
    private const int PackedFrom = 2048;

    [ThreadStatic]
    private static MatchingWriter? _writer;

    /// <summary>What <see cref="Read"/> reads.</summary>
    public static byte[] Encode(OsvRecord record)
    {
        var written = (_writer ??= new MatchingWriter()).Write(record);
        return written.Length < PackedFrom ? written.ToArray() : AdvisoryDocument.Encode(written);
    }

    /// <summary>The record that is stored, whole or in part; null where it can't be read.</summary>
    public static OsvRecord? Read(byte[] stored)
    {
        try
        {
            // A deflated document may begin with a brace by chance.
            return Unpacked(stored) ?? (stored is [(byte)'{', ..] && OsvReader.TryParse(stored, out var record) ? record : Packed(AdvisoryDocument.Decode(stored)));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static OsvRecord? Unpacked(byte[] stored) => stored is [MatchingForm.First or MatchingForm.WithoutBinaries or MatchingForm.Earlier, ..] ? new MatchingReader(stored).Record() : null;

    private static OsvRecord? Packed(byte[] stored) => Unpacked(stored) ?? (OsvReader.TryParse(stored, out var record) ? record : null);
}
