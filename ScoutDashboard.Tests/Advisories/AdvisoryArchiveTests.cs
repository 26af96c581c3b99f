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
