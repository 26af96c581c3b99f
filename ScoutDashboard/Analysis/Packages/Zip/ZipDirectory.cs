using System.Text;
using ScoutDashboard.Archives;

namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>Reads the central directory of a zip (APPNOTE 4.3.12 to 4.3.16); throws <see cref="InvalidDataException"/> for one that can't be trusted, <see cref="FormatLimitException"/> for one that is too large.</summary>
internal static class ZipDirectory
{
    private const int MaxNameLength = 4096;

    public static IReadOnlyList<ZipMember> Read(ReadOnlySpan<byte> content, int maxMembers)
    {
        var end = ZipEnd.Read(content, 0);
        // A zip that was cut off ends with an archive that lay in it: that one is not the file's content.
        if (content[..(int)end.Prefix].IndexOf("PK\x03\x04"u8) >= 0)
        {
            throw new InvalidDataException("The zip does not begin where its directory says: it was cut or joined.");
        }

        var start = end.At - end.Size;
        var members = Entries(content.Slice((int)start, (int)end.Size), content, end.Prefix, maxMembers);
        end.CheckCount(members.Count);
        CheckOverlap(members, start);
        return members;
    }

    private static List<ZipMember> Entries(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> content, long prefix, int maxMembers)
    {
        var members = new List<ZipMember>();
        while (!directory.IsEmpty)
        {
            var entry = ZipEntry.Take(ref directory);
            if (members.Count == maxMembers)
            {
                throw new FormatLimitException($"The zip has more than {maxMembers} members.");
            }

            if (entry.Name.Length > MaxNameLength)
            {
                throw new FormatLimitException($"A member's name is longer than {MaxNameLength} bytes.");
            }

            var header = entry.Header + prefix;
            var (method, nameLength, extraLength) = ZipEntry.LocalHeader(Part(content, header, ZipEntry.LocalHeaderLength));
            var ownName = Part(content, header + ZipEntry.LocalHeaderLength, nameLength);
            var isDisputed = !entry.Name.SequenceEqual(ownName) || method != entry.Method;
            var data = header + ZipEntry.LocalHeaderLength + nameLength + extraLength;
            _ = Part(content, data, entry.CompressedSize);
            members.Add(new ZipMember(Encoding.UTF8.GetString(entry.Name), (ZipMethod)entry.Method, entry.IsEncrypted, isDisputed, entry.Checksum, entry.CompressedSize, entry.Size, header, data));
        }

        return members;
    }

    // Members that share bytes make a small file inflate without end (Fifield, "A better zip bomb").
    private static void CheckOverlap(List<ZipMember> members, long directory)
    {
        var free = 0L;
        foreach (var member in members.OrderBy(member => member.Header))
        {
            if (member.Header < free)
            {
                throw new InvalidDataException("Members of the zip overlap.");
            }

            free = member.Data + member.CompressedSize;
        }

        if (free > directory)
        {
            throw new InvalidDataException("A member of the zip overlaps its directory.");
        }
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> from, long start, long length) => start >= 0 && length >= 0 && start <= from.Length && length <= from.Length - start
        ? from.Slice((int)start, (int)length) : throw new InvalidDataException("The zip is cut or damaged: what its directory names is not in it.");
}
