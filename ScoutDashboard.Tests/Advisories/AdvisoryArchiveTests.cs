using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>An ecosystem's archive is read member by member through one inflater: each must begin and end where the archive says, and what it says must be true.</summary>
public sealed class AdvisoryArchiveTests
{
    private const int EntryChecksum = 16;
    private const int EntryCompressed = 20;
    private const int EntrySize = 24;
    private const int EntryHeader = 42;

    [Fact]
    public async Task RecordsOfAllLengthsAndFormsAreReadInTheirOrderAndStoredAsTheyLie()
    {
        // Lengths that put the ends of members at every place of the inflater's buffer.
        string[] texts = [.. Enumerable.Range(0, 2000).Select(number => Record(number, new string((char)('a' + (number % 26)), number * 7 % 9001)))];
        var zip = Zip(texts.Select((text, number) => ($"X-{number}.json", text, number % 5 == 0 ? CompressionLevel.NoCompression : CompressionLevel.Optimal)));

        var items = await ReadAsync(zip);

        Assert.Equal(texts.Select((_, number) => $"X-{number}"), items.Select(item => item.Record!.Id));
        Assert.Equal(texts, items.Select(item => Encoding.UTF8.GetString(AdvisoryDocument.Decode(item.Document!))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(30)]
    public async Task AMemberThatIsLongerOrShorterThanToldEndsTheReadingWithAnError(int difference) =>
        await AssertBrokenAsync(entry => BinaryPrimitives.WriteUInt32LittleEndian(entry[EntrySize..], (uint)(BinaryPrimitives.ReadUInt32LittleEndian(entry[EntrySize..]) + difference)));

    [Fact]
    public async Task AMemberWithAnotherChecksumEndsTheReadingWithAnError() => await AssertBrokenAsync(entry => entry[EntryChecksum] ^= 1);

    [Fact]
    public async Task AMemberThatIsCutEndsTheReadingWithAnError() =>
        await AssertBrokenAsync(entry => BinaryPrimitives.WriteUInt32LittleEndian(entry[EntryCompressed..], BinaryPrimitives.ReadUInt32LittleEndian(entry[EntryCompressed..]) - 5));

    [Theory]
    [InlineData(uint.MaxValue - 1)]
    [InlineData(1u)]
    public async Task AMemberElsewhereThanToldEndsTheReadingWithAnError(uint header) =>
        await AssertBrokenAsync(entry => BinaryPrimitives.WriteUInt32LittleEndian(entry[EntryHeader..], header));

    [Fact]
    public async Task TheLastMemberIsCheckedToo() => await AssertBrokenAsync(entry => entry[EntryChecksum] ^= 1, at: 2);

    [Theory]
    [InlineData("a byte", 1)]
    [InlineData("a byte", 2)]
    [InlineData("trailer", 1)]
    [InlineData("trailer", 2)]
    [InlineData("trailer and garbage", 1)]
    [InlineData("trailer and garbage", 2)]
    [InlineData("another of gzip", 1)]
    [InlineData("another of gzip", 2)]
    [InlineData("an empty one before", 1)]
    [InlineData("an empty one before", 2)]
    [InlineData("a trailer that begins one", 1)]
    [InlineData("a trailer that begins one", 2)]
    [InlineData("a deflate stream", 1)]
    [InlineData("a deflate stream", 2)]
    public async Task AMemberThatHoldsMoreThanItsDataIsRefused(string addition, int at)
    {
        var zip = Crafted(at, (data, content) => addition switch
        {
            "a byte" => [.. data, 0],
            "trailer" => [.. data, .. Trailer(content)],
            "trailer and garbage" => [.. data, .. Trailer(content), 1, 2, 3, 4],
            // Its content twice, where each has the checksum and the length that the directory tells.
            "another of gzip" => [.. data, .. Trailer(content), .. GzipHeader, .. data],
            "an empty one before" => [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. GzipHeader, .. data],
            "a trailer that begins one" => [.. data, .. Trailer(content), 0x1f, 0x8b],
            _ => [.. data, .. data],
        });

        var exception = await Assert.ThrowsAsync<FeedException>(() => ReadAsync(zip));

        Assert.Equal("The archive is damaged or not whole.", exception.Message);
    }

    [Fact]
    public async Task WhatOnlyLooksLikeAnotherMemberIsRead()
    {
        // Not compressed, so that the bytes lie there as they are.
        byte[] content = [.. "{}"u8, .. GzipHeader];
        var zip = Crafted(1, (_, _) => [1, (byte)content.Length, 0, (byte)~content.Length, 0xff, .. content], content);

        var items = await ReadAsync(zip);

        Assert.Equal([("X-0", true), ("X-1", false), ("X-2", true)], items.Select(item => (item.Name, item.Record is not null)));
    }

    [Fact]
    public async Task AMemberThatPromisesTooMuchIsPassedOver()
    {
        var zip = ThreeRecords();
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(EntryAt(zip, 1) + EntrySize), AdvisoryDocument.MaxBytes + 1);

        var items = await ReadAsync(zip);

        Assert.Equal([("X-0", true), ("X-1", false), ("X-2", true)], items.Select(item => (item.Name, item.Record is not null)));
    }

    [Theory]
    [InlineData(10, 99)]
    [InlineData(6, 0)]
    public async Task AMemberOfAnotherMethodIsPassedOverAndOfAnotherVersionIsNot(int field, int value)
    {
        var zip = ThreeRecords();
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(EntryAt(zip, 1) + field), (ushort)value);

        var items = await ReadAsync(zip);

        Assert.Equal([true, value == 0, true], items.Select(item => item.Record is not null));
    }

    [Fact]
    public async Task AWideArchiveIsRead()
    {
        // More members than the narrow count can tell: .NET writes the zip64 records then.
        var zip = Zip(Enumerable.Range(0, 70_000).Select(number => ($"X-{number}.json", "{}", CompressionLevel.Fastest)));

        Assert.Equal(70_000, (await ReadAsync(zip)).Count);
    }

    // Also what is stored as it is counts as unpacked.
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task WhatUnpacksToMoreThanItMayEndsThereWithAnError(CompressionLevel level)
    {
        var texts = Enumerable.Range(0, 3).Select(number => Record(number, new string('x', 1000))).ToList();
        var zip = Zip(texts.Select((text, number) => ($"X-{number}.json", text, level)));
        var read = 0;
        async Task ReadUpToAsync(long limit)
        {
            read = 0;
            using var archive = new MemoryStream(zip);
            await foreach (var item in AdvisoryArchive.ReadAsync(archive, limit, CancellationToken.None))
            {
                read++;
            }
        }

        var whole = texts.Sum(text => text.Length);
        await ReadUpToAsync(whole);
        Assert.Equal(3, read);
        Assert.StartsWith("The archive unpacks to more than ", (await Assert.ThrowsAsync<FeedException>(() => ReadUpToAsync(whole - 1))).Message, StringComparison.Ordinal);
        Assert.Equal(2, read);
    }

    [Fact]
    public async Task WhatLiesBeforeTheArchiveIsPassedOver() => Assert.Equal(3, (await ReadAsync([.. "#!/bin/sh\n"u8, .. ThreeRecords()])).Count);

    private static string Record(int number, string details) => $$"""{"id": "X-{{number}}", "modified": "2026-01-01T00:00:00Z", "details": "{{details}}"}""";

    private static byte[] ThreeRecords() => Zip(Enumerable.Range(0, 3).Select(number => ($"X-{number}.json", Record(number, new string('x', 100)), CompressionLevel.Optimal)));

    private static async Task AssertBrokenAsync(EntryChange change, int at = 1)
    {
        var zip = ThreeRecords();
        change(zip.AsSpan(EntryAt(zip, at)));

        var exception = await Assert.ThrowsAsync<FeedException>(() => ReadAsync(zip));

        Assert.Equal("The archive is damaged or not whole.", exception.Message);
    }

    private static byte[] Zip(IEnumerable<(string Name, string Text, CompressionLevel Level)> members)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text, level) in members)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return bytes.ToArray();
    }

    private static byte[] GzipHeader => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

    private static byte[] Trailer(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return bytes.ToArray()[^8..];
    }

    // Three records in a zip that is written by hand; what lies there of one of them is changed, what its directory tells of it is not.
    private static byte[] Crafted(int at, Func<byte[], byte[], byte[]> change, byte[]? other = null)
    {
        using var zip = new MemoryStream();
        using var directory = new MemoryStream();
        for (var number = 0; number < 3; number++)
        {
            var content = number == at && other is not null ? other : Encoding.UTF8.GetBytes(Record(number, new string('x', 100)));
            var data = Deflate(content);
            data = number == at ? change(data, content) : data;
            var name = Encoding.ASCII.GetBytes($"X-{number}.json");
            byte[] fields = [20, 0, 0, 0, 8, 0, 0, 0, 0, 0, .. Trailer(content)[..4], .. BitConverter.GetBytes(data.Length), .. BitConverter.GetBytes(content.Length), (byte)name.Length, 0, 0, 0];
            directory.Write([.. "PK\x01\x02\x14\0"u8, .. fields, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes((int)zip.Position), .. name]);
            zip.Write([.. "PK\x03\x04"u8, .. fields, .. name, .. data]);
        }

        var begin = (int)zip.Position;
        zip.Write(directory.ToArray());
        zip.Write([.. "PK\x05\x06"u8, 0, 0, 0, 0, 3, 0, 3, 0, .. BitConverter.GetBytes((int)directory.Length), .. BitConverter.GetBytes(begin), 0, 0]);
        return zip.ToArray();
    }

    private static byte[] Deflate(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return bytes.ToArray();
    }

    // Where the directory's entry with that number begins.
    private static int EntryAt(byte[] zip, int number)
    {
        var at = -1;
        for (var entry = 0; entry <= number; entry++)
        {
            at += 1 + zip.AsSpan(at + 1).IndexOf("PK\x01\x02"u8);
        }

        return at;
    }

    private static async Task<List<AdvisoryItem>> ReadAsync(byte[] zip)
    {
        using var archive = new MemoryStream(zip);
        return await AdvisoryArchive.ReadAsync(archive, CancellationToken.None).ToListAsync();
    }

    private delegate void EntryChange(Span<byte> entry);
}
