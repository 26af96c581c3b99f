using System.Buffers.Binary;

namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>The checksum of zip and gzip (RFC 1952, section 8), eight bytes at a time: a table for each.</summary>
internal static class Crc32
{
    private const int Width = 8;
    private static readonly uint[] Tables = CreateTables();

    public static uint Of(ReadOnlySpan<byte> content)
    {
        var tables = Tables;
        var value = uint.MaxValue;
        for (; content.Length >= Width; content = content[Width..])
        {
            var low = value ^ BinaryPrimitives.ReadUInt32LittleEndian(content);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]);
            value = tables[0x700 + (byte)low] ^ tables[0x600 + (byte)(low >> 8)] ^ tables[0x500 + (byte)(low >> 16)] ^ tables[0x400 + (low >> 24)]
                ^ tables[0x300 + (byte)high] ^ tables[0x200 + (byte)(high >> 8)] ^ tables[0x100 + (byte)(high >> 16)] ^ tables[high >> 24];
        }

        foreach (var next in content)
        {
            value = tables[(byte)(value ^ next)] ^ (value >> 8);
        }

        return ~value;
    }

    // The first is of the byte itself, each further one of that byte and one more zero behind it.
    private static uint[] CreateTables()
    {
        var tables = new uint[Width * 256];
        for (var at = 0; at < 256; at++)
        {
            var value = (uint)at;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ (value >> 1);
            }

            tables[at] = value;
        }

        for (var at = 256; at < tables.Length; at++)
        {
            var before = tables[at - 256];
            tables[at] = tables[(byte)before] ^ (before >> 8);
        }

        return tables;
    }
}
