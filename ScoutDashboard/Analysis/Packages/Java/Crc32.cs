namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>The checksum of zip and gzip (RFC 1952, section 8).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = CreateTable();

    public static uint Of(ReadOnlySpan<byte> content)
    {
        var value = uint.MaxValue;
        foreach (var next in content)
        {
            value = Table[(byte)(value ^ next)] ^ (value >> 8);
        }

        return ~value;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[256];
        for (var at = 0; at < table.Length; at++)
        {
            var value = (uint)at;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ (value >> 1);
            }

            table[at] = value;
        }

        return table;
    }
}
