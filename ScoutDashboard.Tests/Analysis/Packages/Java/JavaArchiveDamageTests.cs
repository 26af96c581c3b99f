using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages.Java;

/// <summary>Hostile and broken zips, told by what the Java extractor makes of them.</summary>
public sealed class JavaArchiveDamageTests
{
    private static readonly byte[] Library = Jar.Library("org.b", "b", "1");

    // A fat jar of every kind of member: stored and deflated archives, a deflated pom.
    private static readonly byte[] Golden = Jar.Stored(
        ("META-INF/maven/org.a/a/pom.properties", Encoding.UTF8.GetBytes(Jar.Pom("org.a", "a", "2").Content)), ("lib/b-1.jar", Library), ("lib/c.jar", Jar.Of(("b-1.jar", Library))));

    [Fact]
    public void TheGoldenHoldsThreePackages() => Assert.Equal(3, Extraction.Of("a.jar", Golden).Packages.Count);

    [Fact]
    public void AnArchiveCutAnywhereIsRefusedWhole()
    {
        for (var cut = 1; cut < Golden.Length; cut++)
        {
            Assert.Throws<InvalidDataException>(() => Extraction.Of("a.jar", Golden[..cut]));
        }
    }

    [Fact]
    public void AStubInFrontIsPassedOverWhetherOffsetsCountItOrNot()
    {
        byte[] stub = [.. "#!/bin/bash\nexec java -jar \"$0\"\n"u8, .. new byte[3000]];
        Assert.Equal(3, Extraction.Of("a.jar", [.. stub, .. Golden]).Packages.Count);

        byte[] adjusted = [.. stub, .. Golden];
        var end = adjusted.Length - 22;
        foreach (var entry in Entries(adjusted, stub.Length))
        {
            Add(adjusted.AsSpan(entry + 42), stub.Length);
        }

        Add(adjusted.AsSpan(end + 16), stub.Length);
        Assert.Equal(3, Extraction.Of("a.jar", adjusted).Packages.Count);
    }

    [Fact]
    public void ACommentThatLooksLikeAnEndIsNone()
    {
        byte[] commented = [.. Golden, .. "PK\x05\x06"u8, .. new byte[30]];
        BinaryPrimitives.WriteUInt16LittleEndian(commented.AsSpan(Golden.Length - 2), 34);
        Assert.Equal(3, Extraction.Of("a.jar", commented).Packages.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)] // a stub that the offsets do not count
    public void TheWideFieldsOfZip64AreRead(int stub)
    {
        var (name, text) = Jar.Pom("org.z", "z", "1");
        var content = Encoding.UTF8.GetBytes(text);
        using var reference = new ZipArchive(new MemoryStream(Jar.Of((name, content))));
        byte[] common = [0, 0, 0, 0, 0, 0, 0, 0, .. Bytes(reference.Entries[0].Crc32)];
        byte[] local = [.. "PK\x03\x04"u8, 45, 0, .. common, .. Bytes((uint)content.Length), .. Bytes((uint)content.Length), (byte)name.Length, 0, 0, 0, .. Encoding.UTF8.GetBytes(name), .. content];
        byte[] wide = [.. Bytes(uint.MaxValue), .. Bytes(uint.MaxValue)];
        byte[] directory =
        [
            .. "PK\x01\x02"u8, 45, 0, 45, 0, .. common, .. wide, (byte)name.Length, 0, 28, 0, .. new byte[10], .. Bytes(uint.MaxValue), .. Encoding.UTF8.GetBytes(name),
            1, 0, 24, 0, .. Bytes((ulong)content.Length), .. Bytes((ulong)content.Length), .. Bytes(0UL),
        ];
        byte[] end =
        [
            .. "PK\x06\x06"u8, .. Bytes(44UL), 45, 0, 45, 0, .. new byte[8], .. Bytes(1UL), .. Bytes(1UL), .. Bytes((ulong)directory.Length), .. Bytes((ulong)local.Length),
            .. "PK\x06\x07"u8, .. Bytes(0U), .. Bytes((ulong)(local.Length + directory.Length)), .. Bytes(1U),
            .. "PK\x05\x06"u8, 0, 0, 0, 0, 255, 255, 255, 255, .. wide, 0, 0,
        ];
        Assert.Equal("org.z:z", Assert.Single(Extraction.Of("z.jar", [.. new byte[stub], .. local, .. directory, .. end]).Packages).Name);

        // Readers that know no zip64 would see another directory.
        end[^9] = 0;
        Assert.Contains("disagree", Assert.Throws<InvalidDataException>(() => Extraction.Of("z.jar", [.. local, .. directory, .. end])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherNameInTheMembersOwnHeaderRefusesTheMember()
    {
        byte[] lying = [.. Golden];
        var name = lying.AsSpan().IndexOf("lib/b-1.jar"u8);
        lying[name] = (byte)'x';
        var scan = Extraction.Of("a.jar", lying);
        Assert.Equal(2, scan.Packages.Count);
        Assert.Equal("a.jar", Assert.Single(scan.Gaps!).Path);
    }

    [Theory]
    [InlineData(8, 1, "encrypted")]
    [InlineData(10, 12, "method 12")]
    [InlineData(16, 7, "checksum")]
    [InlineData(24, 3, "another length")]
    public void AMemberThatIsNotWhatTheDirectorySaysIsAGap(int field, int value, string reason)
    {
        byte[] damaged = Jar.Of(("lib/b-1.jar", Library), ("ext/b-1.jar", Library));
        var entry = Entries(damaged, 0)[0];
        damaged[entry + field] = field == 24 ? (byte)(damaged[entry + field] + value) : (byte)value;
        if (field == 10)
        {
            damaged[8] = (byte)value;
        }

        var scan = Extraction.Of("a.jar", damaged);
        Assert.Single(scan.Packages);
        Assert.Contains(reason, Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void MembersThatShareBytesRefuseTheArchive()
    {
        byte[] bomb = Jar.Of(("lib/b-1.jar", Library), ("ext/b-1.jar", Library));
        var entries = Entries(bomb, 0);
        bomb.AsSpan(entries[0] + 42, 4).CopyTo(bomb.AsSpan(entries[1] + 42));
        Assert.Contains("overlap", Assert.Throws<InvalidDataException>(() => Extraction.Of("a.jar", bomb)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingDirectoryEntryRefusesTheArchive()
    {
        byte[] shorter = [.. Golden];
        shorter[^14] = shorter[^12] = 2;
        Assert.Contains("number of members", Assert.Throws<InvalidDataException>(() => Extraction.Of("a.jar", shorter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABombEndsAtItsBudgetAndWhatWasNotReadIsCounted()
    {
        // A quarter of a megabyte that could inflate to two hundred, as the directory says: ten are believed, the eleventh would be too much.
        var noise = new byte[256 << 10];
        new Random(1).NextBytes(noise);
        var bomb = Jar.Of([.. Enumerable.Range(0, 15).Select(number => ($"lib/{number}.jar", noise))]);
        foreach (var entry in Entries(bomb, 0))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bomb.AsSpan(entry + 24), 200 << 20);
        }

        var gaps = Extraction.Of("a.jar", bomb).Gaps!;
        Assert.Equal([.. Enumerable.Repeat(ScanGapKind.Malformed, 10), ScanGapKind.Limit, ScanGapKind.Limit], gaps.Select(gap => gap.Kind));
        Assert.Equal("a.jar!/lib/10.jar", gaps[^2].Path);
        Assert.Equal(("a.jar", "4 more archives in it were not read: what lies in it inflates to more than 2147483648 bytes."), (gaps[^1].Path, gaps[^1].Reason));
    }

    [Fact]
    public void ASizeThatNoDeflateReachesIsNotBelieved()
    {
        var jar = Jar.Of(("lib/b-1.jar", Library));
        BinaryPrimitives.WriteInt32LittleEndian(jar.AsSpan(Entries(jar, 0)[0] + 24), 250 << 20);
        Assert.Contains("can't be as large", Assert.Single(Extraction.Of("a.jar", jar).Gaps!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DamageGivesAResultOrInvalidData()
    {
        var random = new Random(20261124);
        var directory = Entries(Golden, 0)[0];
        for (var round = 0; round < 5_000; round++)
        {
            byte[] damaged = [.. Golden];
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 0 : directory, damaged.Length)] = (byte)(random.Next(3) == 0 ? 255 : random.Next(256));
            }

            try
            {
                var scan = Extraction.Of("a.jar", damaged);
                Assert.True(scan.Packages.Count == 3 || scan.Gaps is not null, Convert.ToHexString(damaged));
            }
            catch (Exception exception) when (exception is InvalidDataException or FormatLimitException)
            {
                // Declared.
            }
        }
    }

    [Fact]
    public void DamagedTextsNeverThrow()
    {
        const string properties = "groupId=org.a\nartifactId=\\u0061\\\n  b\nversion: 1\n";
        const string pom = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><project><parent><groupId>g</groupId></parent><artifactId>&amp;x</artifactId><version>1</version></project>";
        const string manifest = "Manifest-Version: 1.0\r\nImplementation-Version: 1.2\r\n .3\r\n\r\n";
        var random = new Random(20261124);
        for (var round = 0; round < 2_000; round++)
        {
            var jar = Jar.Of(("META-INF/maven/g/a/pom.properties", Damage(properties)), ("META-INF/maven/g/b/pom.xml", Damage(pom)), ("META-INF/MANIFEST.MF", Damage(manifest)), ("a.class", []));
            _ = Extraction.Of("lib/a.jar", jar);
        }

        byte[] Damage(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text)[..random.Next(text.Length / 2, text.Length + 1)];
            for (var flips = random.Next(0, 5); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? "\n\\ =:u<>&\"-"[random.Next(11)] : random.Next(256));
            }

            return bytes;
        }
    }

    // Where the entries of the central directory begin.
    private static List<int> Entries(byte[] zip, int prefix)
    {
        var at = prefix + BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(zip.Length - 6));
        var entries = new List<int>();
        while (at < zip.Length - 22)
        {
            entries.Add(at);
            at += 46 + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 28)) + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 30)) + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 32));
        }

        return entries;
    }

    private static byte[] Bytes(uint value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(ulong value) => BitConverter.GetBytes(value);

    private static void Add(Span<byte> field, int value) => BinaryPrimitives.WriteInt32LittleEndian(field, BinaryPrimitives.ReadInt32LittleEndian(field) + value);
}
