using System.Buffers.Binary;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>rpm's own "ndb" database, <c>Packages.db</c> of SUSE and others (rpm, lib/backend/ndb/rpmpkg.c): slots that lead to blobs; throws <see cref="InvalidDataException"/>.</summary>
internal static class NdbDatabase
{
    private const int PageLength = 4096;
    private const int FirstSlot = 32;
    private const int SlotLength = 16;
    private const int BlockLength = 16;
    private const int BlobHeadLength = 16;
    private const int BlobTailLength = 12;

    public static ReadOnlySpan<byte> Magic => "RpmP"u8;

    public static void Read(ReadOnlySpan<byte> file, RpmPackages packages)
    {
        if (file.Length < FirstSlot || BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) != 0)
        {
            throw new InvalidDataException("The database is of a version that is not known.");
        }

        var slots = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]) * (long)PageLength;
        if (slots == 0 || slots > file.Length)
        {
            throw new InvalidDataException("The database is cut off.");
        }

        long blocks = 0;
        for (var at = FirstSlot; at + SlotLength <= slots; at += SlotLength)
        {
            var slot = file.Slice(at, SlotLength);
            if (!slot.StartsWith("Slot"u8))
            {
                throw new InvalidDataException("The database's index is damaged.");
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) > 0)
            {
                // No block belongs to two packages: so much work and no more.
                blocks += BinaryPrimitives.ReadUInt32LittleEndian(slot[12..]);
                packages.Add(blocks * BlockLength <= file.Length ? Blob(file, slot) : throw new InvalidDataException("The database's packages overlap."));
            }
        }
    }

    private static ReadOnlySpan<byte> Blob(ReadOnlySpan<byte> file, ReadOnlySpan<byte> slot)
    {
        var start = BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) * (long)BlockLength;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(slot[12..]) * (long)BlockLength;
        if (start + length > file.Length || length < BlobHeadLength + BlobTailLength)
        {
            throw new InvalidDataException("The database is cut off.");
        }

        var blob = file.Slice((int)start, (int)length);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(blob[12..]);
        if (!blob.StartsWith("BlbS"u8) || !blob[4..8].SequenceEqual(slot[4..8]) || size > length - BlobHeadLength - BlobTailLength || !blob.EndsWith("BlbE"u8))
        {
            throw new InvalidDataException("A package of the database is damaged.");
        }

        return blob.Slice(BlobHeadLength, (int)size);
    }
}
